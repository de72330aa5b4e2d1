/* Exercises of the course: their texts, and what is said of a student's file, in English and in Korean. */
#ifndef GCK_REPORT_EXERCISE_H
#define GCK_REPORT_EXERCISE_H
#include "api/exercise.h"
#include "base/text.h"

enum language { ENGLISH, KOREAN, LANGUAGES };

/* A file that was built in. */
struct built_in {
    const unsigned char *bytes;
    size_t size;
};

/* One exercise; docs/course/exercises has the files. */
struct exercise {
    const char *name;                /* "reciprocal" */
    struct built_in start;           /* the case to be mended */
    struct built_in task[LANGUAGES]; /* Markdown: # title, what to do, ## symptom, ## hint */
};
extern const struct exercise exercises[];
extern const size_t exercise_count;

struct exercise_view {
    enum language language;
    bool colour;
    bool hint; /* also the hint of the exercise */
};

/* A line for each exercise. */
void exercise_list(struct text *text, const struct exercise_view *view);

/* Number (from 1), title, task, symptom, and the case to begin with. */
void exercise_show(struct text *text, size_t number, const struct exercise_view *view);

/* How far the file is. `other`: the number of the exercise that the file belongs to instead, or 0. */
void exercise_report(struct text *text, size_t number, size_t other, const struct exercise_judgement *judgement,
                     const struct exercise_view *view);

/* An error in the file, with the line that it is in and a caret below; `bytes` are the file's, or NULL. */
void exercise_error(struct text *text, const gck_error *error, const char *bytes, size_t size);

#endif

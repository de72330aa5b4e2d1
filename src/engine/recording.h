/* Recordings: what was checked and every exchange with an engine, to be judged again without the engine.
 *
 * A text file. Each line begins with what it is: "= " a JSON object about the recording, a file or a case, "> "
 * a request, under it "< " its answer to the letter or "! " why there is none. */
#ifndef GCK_ENGINE_RECORDING_H
#define GCK_ENGINE_RECORDING_H
#include <gradcheck.h>

#include "case/case.h"

/* ---- writing; by several threads at once ------------------------------------------------------ */
struct recorder;

/* Writes what the options of the checks are, except the engine, jobs and stop. */
gck_status recorder_open(struct recorder **out, const char *path, const gck_options *options, uint64_t vary,
                         struct errors *errors);
/* The files that a case is made of: its text, tensors, the case that it equals. Adds an error when one cannot
 * be read again. */
gck_status recorder_case(struct recorder *recorder, const struct case_file *c, struct errors *errors);
void recorder_exchange(struct recorder *recorder, const char *request, const char *answer);
void recorder_failure(struct recorder *recorder, const char *request, const char *why);
/* Adds an error when it could not all be written. recorder: NULL is fine. */
gck_status recorder_close(struct recorder *recorder, struct errors *errors);

/* ---- reading ---------------------------------------------------------------------------------- */
struct recording;

/* Errors name the line. Free with recording_free. */
gck_status recording_open(struct recording **out, const char *path, struct errors *errors);
/* The same from memory, which is copied. */
gck_status recording_read(struct recording **out, const char *path, const char *bytes, size_t size,
                          struct errors *errors);
void recording_free(struct recording *recording);

/* Puts the recorded options over those given. */
void recording_options(const struct recording *recording, gck_options *options);
size_t recording_cases(const struct recording *recording);
/* Its path, then and there. */
const char *recording_case(const struct recording *recording, size_t i);
/* How the cases are read again: as they were then. */
const struct case_loading *recording_loading(const struct recording *recording);

/* The engine as it was; a request that was not recorded gets an error. */
const gck_engine *recording_engine(const struct recording *recording);

#endif

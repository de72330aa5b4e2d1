/* Values of options. */
#include "cli/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SECONDS = 1000000 };

bool value_int(int *number, const struct option_value *value, int least, int most)
{
    char *end;
    errno = 0;
    long x = strtol(value->text, &end, 10);
    if (end == value->text || *end || errno || x < least || x > most) {
        cli_usage(value->command, "--%s takes a whole number from %d to %d, not '%s'", value->option, least,
                  most, value->text);
        return false;
    }
    *number = (int)x;
    return true;
}

bool value_whole(uint64_t *number, const struct option_value *value)
{
    char *end;
    errno = 0;
    unsigned long long x = strtoull(value->text, &end, 10);
    if (*value->text < '0' || *value->text > '9' || *end || errno) {
        cli_usage(value->command, "--%s takes a whole number from 0 to 18446744073709551615, not '%s'",
                  value->option, value->text);
        return false;
    }
    *number = x;
    return true;
}

bool value_seconds(double *seconds, const struct option_value *value)
{
    char *end;
    double x = strtod(value->text, &end);
    if (end == value->text || *end || !(x > 0 && x <= MOST_SECONDS)) {
        cli_usage(value->command, "--%s takes seconds, more than 0 and at most %d, not '%s'", value->option,
                  MOST_SECONDS, value->text);
        return false;
    }
    *seconds = x;
    return true;
}

bool value_word(int *index, const struct option_value *value, const char *const *words, int count)
{
    struct suggestion suggestion = {.name = value->text};
    struct text list = {0};
    for (int i = 0; i < count; i++) {
        if (strcmp(value->text, words[i]) == 0) {
            text_free(&list);
            *index = i;
            return true;
        }
        suggestion_offer(&suggestion, words[i]);
        text_add(&list, "%s%s", i ? ", " : "", words[i]);
    }
    cli_usage(value->command, "--%s takes one of %s, not '%s'%s%s%s", value->option,
              list.failed ? "" : list.data, value->text, suggestion.best ? "; did you mean '" : "",
              suggestion.best ? suggestion.best : "", suggestion.best ? "'?" : "");
    text_free(&list);
    return false;
}

bool value_format(int *index, const char **path, const struct option_value *value, const char *const *words,
                  int count)
{
    char *equals = strchr(value->text, '=');
    if (equals)
        *equals = '\0';
    if (!value_word(index, value, words, count))
        return false;
    if (equals && !equals[1]) {
        cli_usage(value->command, "--%s %s= needs the name of a file", value->option, value->text);
        return false;
    }
    *path = equals && strcmp(equals + 1, "-") != 0 ? equals + 1 : NULL;
    return true;
}

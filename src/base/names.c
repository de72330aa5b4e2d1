/* The names of statuses and verdicts, and the version. */
#include <gradcheck.h>

const char *gck_status_name(gck_status status)
{
    switch (status) {
    case GCK_OK:
        return "ok";
    case GCK_NO_MEMORY:
        return "no memory";
    case GCK_BAD_USAGE:
        return "bad usage";
    case GCK_BAD_CASE:
        return "bad case";
    case GCK_IO:
        return "io";
    case GCK_ENGINE:
        return "engine";
    case GCK_STOPPED:
        return "stopped";
    }
    return "unknown";
}

const char *gck_verdict_name(gck_verdict verdict)
{
    switch (verdict) {
    case GCK_VERDICT_OK:
        return "ok";
    case GCK_VERDICT_KINK:
        return "kink";
    case GCK_VERDICT_UNSUPPORTED:
        return "unsupported";
    case GCK_VERDICT_INCONCLUSIVE:
        return "inconclusive";
    case GCK_VERDICT_INACCURATE:
        return "inaccurate";
    case GCK_VERDICT_NONFINITE:
        return "nonfinite";
    case GCK_VERDICT_WRONG:
        return "wrong";
    case GCK_VERDICT_MISSING:
        return "missing";
    case GCK_VERDICT_ERROR:
        return "error";
    }
    return "unknown";
}

const char *gck_version(void)
{
    return GCK_VERSION;
}

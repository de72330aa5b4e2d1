/* The tally of a run. */
#include "report/tally.h"

void tally_add(struct tally *tally, const gck_result *result, enum standing_kind standing)
{
    bool checked = false;
    for (size_t i = 0; i < result->run_count; i++)
        checked |= result->runs[i].verdict != GCK_VERDICT_UNSUPPORTED;
    tally->done++;
    tally->failed += standing == STANDING_FAILS;
    tally->known += standing == STANDING_KNOWN;
    tally->known_verdicts[result->verdict] += standing == STANDING_KNOWN;
    tally->verdicts[result->verdict]++;
    tally->checked += checked;
    tally->parameters += checked ? result->parameters : 0;
}

enum tally_exit tally_exit(const struct tally *tally)
{
    if (tally->engine_failed)
        return TALLY_ENGINE;
    if (tally->problems || (tally->unwritten && !tally->unread))
        return TALLY_USAGE;
    if (tally->interrupted)
        return TALLY_INTERRUPTED;
    if (((tally->failed || tally->stale) && !tally->written) || tally->unread)
        return TALLY_FAILED;
    return tally->checked ? TALLY_PASSED : TALLY_NOTHING;
}

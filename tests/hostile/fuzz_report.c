/* Files that a run takes from an earlier one: a baseline, or the JSON report of --rerun-failed. */
#include "fuzz.h"

#include "report/baseline.h"
#include "report/earlier.h"

static void read_baseline(const char *bytes, size_t size)
{
    struct errors errors = {0};
    struct baseline baseline = {0};
    gck_status status = baseline_parse(&baseline, "known.txt", bytes, size, &errors);
    require_errors(&errors, status);
    for (size_t i = 0; !status && i < baseline.count; i++) {
        const struct known *line = &baseline.lines[i];
        baseline_found(&baseline, line->id);
        for (int check = 0; check < CHECK_ALL; check++)
            for (int verdict = 0; verdict < GCK_VERDICTS && i < 20; verdict++)
                baseline_note(&baseline, line->id, check, (gck_verdict)verdict, 3,
                              baseline_standing(&baseline, line->id, check, (gck_verdict)verdict, 3,
                                                gck_verdict_passes((gck_verdict)verdict)));
    }
    const char *ids[] = {"a", "b/c"};
    if (!status)
        baseline_unmatched(&baseline, ids, 2);
    REQUIRE(status || baseline_stale(&baseline) <= baseline.count);
    baseline_free(&baseline);
    errors_free(&errors);
}

static void read_earlier(const char *bytes, size_t size)
{
    struct errors errors = {0};
    struct earlier earlier = {0};
    gck_status status = earlier_parse(&earlier, "report.json", bytes, size, &errors);
    require_errors(&errors, status);
    for (size_t i = 0; !status && i < earlier.count; i++)
        REQUIRE(earlier_failed(&earlier, earlier.failed[i]));
    earlier_free(&earlier);
    errors_free(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size && *data == '{')
        read_earlier((const char *)data, size);
    else
        read_baseline((const char *)data, size);
    return 0;
}

/* gradcheck --version: the libraries and options built in. */
#include <jansson.h>
#include <yaml.h>
#include <zip.h>

#include "cli/cli.h"
#include "gck_build.h"
#include "real/wide.h"
#include "report/draw.h"

int cli_version(void)
{
    struct text text = {0};
    text_add(&text, "gradcheck %s\n", gck_version());
    text_add(&text, "MPFR %s, GMP %s, libyaml %s, jansson %s, libzip %s\n", MPFR_VERSION_STRING, gmp_version,
             yaml_get_version_string(), jansson_version_str(), zip_libzip_version());
    const char *graphviz = draw_graphviz_version();
    text_add(&text, graphviz ? "Graphviz %s\n" : "Graphviz: not built in\n", graphviz);
    text_add(&text, "compiler: %s\nbuild type: %s\nsanitizers: %s\n", GCK_BUILD_COMPILER, GCK_BUILD_TYPE,
             GCK_BUILD_SANITIZERS);
    int status = cli_print(&text);
    text_free(&text);
    return status;
}

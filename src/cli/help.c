/* The commands, and what --help says of each. */
#include "cli/cli.h"

#define HELP_CHECKING                                                                                          \
    "  --bits N              precision of the reference, 64 to 4096 bits (256)\n"                              \
    "  --max-bits N          how far it may be raised where that is not enough (4096)\n"                       \
    "  --dtype LIST          number formats to check instead of the case's own: float64, float32,\n"           \
    "                        float16, bfloat16; repeatable\n"                                                  \
    "  --seed N              of every random number of the check (1)\n"                                        \
    "  --vary K              other inputs for the same cases: generated tensors are drawn anew, other\n"       \
    "                        parameters move by up to a 64th; without what the case expects\n"                 \
    "  --exhaustive HOW      elements checked one by one: all, auto (as many as are quick), or a\n"            \
    "                        number a tensor; the certificate covers all of them in any case\n"                \
    "  --method NAME         the difference of the double column: centered, forward, richardson\n"             \
    "  -j, --jobs N          threads (as many as there are processors); never changes a result\n"              \
    "  --allow-outside       cases may name files that are not below their own folder\n"

#define HELP_ENGINE                                                                                            \
    "  --engine COMMAND      check the gradients of this program, which speaks JSON lines,\n"                  \
    "                        or of builtin:reordered\n"                                                        \
    "  --timeout SECONDS     for each of its answers (30)\n"                                                   \
    "  --start-timeout SECONDS\n"                                                                              \
    "                        until it has said hello (60)\n"                                                   \
    "  --laws                also check what holds for every engine: same bits twice, zeros for a zero\n"      \
    "                        seed, linear in the seed, the same when fewer parameters are asked for\n"         \
    "  --record FILE         write every exchange with it, for gradcheck judge\n"                              \
    "  --grads FILE          check the gradients in this .npz, .npy, .safetensors or JSON file; for\n"         \
    "                        several cases a folder, or a name with {id} in it; {dtype} is filled in too\n"    \
    "  --map NAME=PARAMETER  the gradient of PARAMETER is called NAME there; NAME=W:T also transposes it,\n"   \
    "                        NAME=K:2,3,1,0 reorders its axes; repeatable\n"

#define HELP_REPORTING                                                                                         \
    "  --allow LIST          verdicts that are to pass too: inaccurate, inconclusive\n"                        \
    "  --fail-fast           stop at the first case that fails\n"                                              \
    "  --format NAME[=FILE]  pretty, json, junit, tap, github, markdown or html (a page for a browser),\n"     \
    "                        on standard output or in FILE; repeatable\n"                                      \
    "  -q, --quiet           only what fails\n"                                                                \
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"                                    \
    "  -h, --help            this text\n"

#define HELP_LIBRARY                                                                                           \
    "  --filter GLOB         only cases whose id matches; repeatable, one of them must match\n"                \
    "  --tag LIST            only cases with these tags: 'a,!b' is a and not b\n"                              \
    "  --shard I/N           only the I-th of N parts of them; all parts together are the whole\n"             \
    "  --rerun-failed FILE   only cases that failed in an earlier run, by its --format json\n"                 \
    "  --list                list the cases instead of checking them\n"                                        \
    "  --baseline FILE       known failures, which pass; a line is: id[@dtype]  verdict[<=ratio]  # why\n"     \
    "                        A listed failure that is mended fails until its line is deleted\n"                \
    "  --write-baseline      write what fails now into that file\n"

#define HELP_EXIT                                                                                              \
    "\nExit status: 0 all passed, or failed as the baseline says; 1 a case failed, a known failure is\n"       \
    "mended, or a line of the baseline is about nothing; 2 wrong usage or a bad file; 3 the engine\n"          \
    "could not be run; 4 nothing was checked; 130 interrupted.\n"

const char help_general[] =
    "gradcheck checks analytic gradients against numeric ones, in double and at 256 bits.\n"
    "There is no tolerance to choose: a gradient may be as wrong as rounding makes it, no more.\n"
    "\n"
    "Usage: gradcheck COMMAND [OPTION]... [PATH]...\n"
    "\n"
    "Commands:\n"
    "  run PATH...     check all cases in files and folders, a line each\n"
    "  check FILE...   check a case and show its numbers, a row for every parameter\n"
    "  explain FILE    walk through the backward pass of a case, gate by gate\n"
    "  sweep FILE      plot the error of a difference against its step\n"
    "  draw FILE       draw its graph, values above the edges and gradients below\n"
    "  ops [NAME]      list the ops that cases are made of, or document one\n"
    "  freeze FILE...  write the reference's numbers into a case, as what it expects\n"
    "  judge FILE      judge a recorded engine again, without the engine\n"
    "  lint-engine COMMAND\n"
    "                  see whether a program speaks the protocol of engines as it should\n"
    "  mutants PATH... plant bugs in the gates of cases, and see whether they are caught\n"
    "  exercise list|show|check\n"
    "                  find the bug: ten exercises of the course in docs/course\n"
    "  fuzz            check an engine on random graphs, and make small what fails\n"
    "  help COMMAND    options and examples of a command (also: COMMAND --help)\n"
    "\n"
    "  --help          this text\n"
    "  --version       version, libraries and options built in\n"
    "\n"
    "Examples:\n"
    "  gradcheck run cases/\n"
    "  gradcheck check cases/lectures/add-mul.yaml\n"
    "  gradcheck explain cases/lectures/add-mul.yaml\n" HELP_EXIT;

const char help_run[] =
    "Usage: gradcheck run [OPTION]... PATH...\n"
    "\n"
    "Checks every case file (*.yaml, *.yml, *.json) below the paths and prints a line for each: its\n"
    "parameters, the worst relative error against differences in double and at 256 bits, the verdict\n"
    "and the time. What failed follows the summary. A bad case file stops everything.\n"
    "\n" HELP_LIBRARY HELP_CHECKING HELP_ENGINE HELP_REPORTING
    "  -v, --verbose         a line for every number format too\n"
    "\n"
    "Examples:\n"
    "  gradcheck run cases/\n"
    "  gradcheck run cases/ --tag 'gate,!slow' --filter 'lectures/*'\n"
    "  gradcheck run cases/ --dtype float32 --allow inaccurate\n"
    "  gradcheck run cases/ --engine './adapter.py --fast'\n"
    "  gradcheck run cases/ -q --format junit=report.xml --format json=report.json\n"
    "  gradcheck run cases/ --engine ./adapter.py --baseline known.txt --write-baseline\n"
    "  gradcheck run cases/ --rerun-failed report.json\n"
    "  gradcheck run cases/ --format html=report.html\n" HELP_EXIT;

const char help_check[] =
    "Usage: gradcheck check [OPTION]... FILE...\n"
    "\n"
    "Checks a case and prints a table: for each parameter the analytic gradient, the numeric one in\n"
    "double and at 256 bits, the relative errors, the distance from the reference in ulps (units in\n"
    "the last place) and the verdict. A tensor has one row, that of its worst element. Under the\n"
    "table: the certificate, corners, times, and what the case expected.\n"
    "\n"
    "  --param ELEMENTS      show these: a name, or a name with indices or ranges; repeatable\n"
    "  -v, --verbose         show every element, and a table for every number format\n" HELP_CHECKING
        HELP_ENGINE HELP_REPORTING "\n"
    "Examples:\n"
    "  gradcheck check cases/lectures/add-mul.yaml\n"
    "  gradcheck check cases/lectures/two-layer-net.yaml --param 'W1[0, :]' --param b1\n"
    "  gradcheck check cases/lectures/add-mul.yaml --method forward --dtype float64\n"
    "  gradcheck check cases/lectures/add-mul.yaml --format json\n" HELP_EXIT;

const char help_explain[] =
    "Usage: gradcheck explain [OPTION]... FILE\n"
    "\n"
    "Walks the graph in the order of the backward pass, as on a blackboard: each node with its value,\n"
    "its upstream gradient, the local gradient of each input, their product, and the sum where a value\n"
    "branches, each number beside its numeric check. Exit status 1: a claimed derivative is wrong.\n"
    "\n"
    "  --bits N              precision of the reference, 64 to 4096 bits (256)\n"
    "  --max-bits N          how far it may be raised where differences do not settle (4096)\n"
    "  --seed N              of random directions, for large tensors (1)\n"
    "  --allow-outside       the case may name files that are not below its own folder\n"
    "  --step                a gate at a time, the next at a key: Enter or space; b goes back, q ends. "
    "Without\n"
    "                        a terminal everything is printed at once\n"
    "  --format NAME[=FILE]  pretty, or html: one page with the graph, to look at and to print\n"
    "  --param NODE          this node alone: its gradient and what it sends to its inputs\n"
    "  -v, --verbose         all digits, and tensors of up to 64 elements in full\n"
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck explain cases/lectures/add-mul.yaml\n"
    "  gradcheck explain cases/lectures/sigmoid-neuron.yaml --step\n"
    "  gradcheck explain cases/lectures/sigmoid-neuron.yaml --format html=board.html\n" HELP_EXIT;

const char help_sweep[] =
    "Usage: gradcheck sweep [OPTION]... FILE\n"
    "\n"
    "Plots the relative error of forward, centered and Richardson differences against the step h, from\n"
    "1 down past the unit roundoff u, at 24, 53, 113, 256 and 512 bits, beside the theory: h^2 |f'''| / 6\n"
    "and u |f| / h. Then says what one sees: the best steps, and what well-known defaults give.\n"
    "Exit status 1: the derivative is not that of the function.\n"
    "\n"
    "  --param ELEMENT       the element that moves (the first whose plot has both branches)\n"
    "  --format NAME[=FILE]  pretty, csv, json, svg or png, on standard output or in FILE; repeatable.\n"
    "                        gnuplot draws svg and png\n"
    "  --allow-outside       the case may name files that are not below its own folder\n"
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck sweep cases/lectures/sigmoid-neuron.yaml\n"
    "  gradcheck sweep cases/lectures/sigmoid-neuron.yaml --param w1 --format svg=sweep.svg\n" HELP_EXIT;

const char help_draw[] =
    "Usage: gradcheck draw [OPTION]... FILE\n"
    "\n"
    "Draws the graph of a case as in a lecture: boxes for gates and inputs, on every edge the value above\n"
    "the line and the gradient below it, gates with their roles, large tensors by shape and norm. What the\n"
    "engine got wrong is marked in colour and in words, and so is the gate where it begins. Graphviz lays\n"
    "SVG and PNG out; DOT needs none. Exit status 1: something is wrong.\n"
    "\n"
    "  -o, --output FILE     where to (standard output); its name ends in .svg, .png or .dot\n"
    "  --format NAME[=FILE]  svg, png or dot, where the name of FILE does not say it (svg)\n"
    "  --fold HOW            none: a box a node; layers: a gate with its parameters and what follows it; all:\n"
    "                        rows of layers too, a line each, shortcuts within them; auto: what the size of\n"
    "                        the graph asks for\n"
    "  --bits N              precision of the reference, 64 to 4096 bits (256)\n"
    "  --max-bits N          how far it may be raised where that is not enough (4096)\n"
    "  --dtype LIST          number formats to check: float64, float32, float16, bfloat16; the worst is "
    "marked\n"
    "  --seed N              of every random number of the check (1)\n"
    "  --engine COMMAND      check the gradients of this program, which speaks JSON lines\n"
    "  --timeout SECONDS     for each of its answers (30)\n"
    "  --start-timeout SECONDS\n"
    "                        until it has said hello (60)\n"
    "  --grads FILE          check the gradients in this .npz, .npy, .safetensors or JSON file\n"
    "  --map NAME=PARAMETER  the gradient of PARAMETER is called NAME there; repeatable\n"
    "  -j, --jobs N          threads (as many as there are processors); never changes a result\n"
    "  --allow-outside       the case may name files that are not below its own folder\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck draw cases/lectures/add-mul.yaml -o add-mul.svg\n"
    "  gradcheck draw examples/wrong-claim.yaml -o wrong.png   # exit status 1\n"
    "  gradcheck draw cases/networks/lenet.yaml --format dot\n" HELP_EXIT;

const char help_ops[] =
    "Usage: gradcheck ops [OPTION]... [NAME]...\n"
    "\n"
    "Lists the ops that cases are made of, by family; or documents some: formula of value and\n"
    "gradient, arguments, attributes with their defaults, conventions at corners, source, the names\n"
    "elsewhere, and an example to run.\n"
    "\n"
    "  --family FAMILY       list this family alone\n"
    "  --example             print the example of an op alone: a complete case file\n"
    "  --markdown            print the documentation of all ops, docs/ops.md\n"
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck ops\n"
    "  gradcheck ops relu max\n"
    "  gradcheck ops conv2d --example > conv2d.yaml && gradcheck check conv2d.yaml\n"
    "\n"
    "Exit status: 0, or 2 when there is no such op or family.\n";

const char help_freeze[] =
    "Usage: gradcheck freeze [OPTION]... FILE...\n"
    "\n"
    "Writes `expect` into case files: the values and gradients of the reference, up to 40 digits,\n"
    "those that hold with twice the bits. What stood there is replaced, everything else stays as it is.\n"
    "Prints what it wrote.\n"
    "\n"
    "  --bits N              precision to start from, 64 to 4096 bits (256)\n"
    "  --allow-outside       the case may name files that are not below its own folder\n"
    "  -h, --help            this text\n"
    "\n"
    "Example:\n"
    "  gradcheck freeze my-case.yaml\n"
    "\n"
    "Exit status: 0, or 2 when a file is bad or cannot be written.\n";

const char help_judge[] =
    "Usage: gradcheck judge [OPTION]... FILE\n"
    "\n"
    "Judges what `run --engine COMMAND --record FILE` wrote: its cases, with the options of that run and the\n"
    "answers that the engine gave. The engine need not be there.\n"
    "\n" HELP_LIBRARY
    "  -j, --jobs N          threads (as many as there are processors); never changes a result\n" HELP_REPORTING
    "  -v, --verbose         a line for every number format too\n"
    "\n"
    "Example:\n"
    "  gradcheck judge engine.rec\n" HELP_EXIT;

const char help_lint_engine[] =
    "Usage: gradcheck lint-engine [OPTION]... COMMAND\n"
    "\n"
    "Starts the program and asks it for its hello, a few gradients, and what engines get wrong: an op that\n"
    "does not exist, fields and messages that it does not know, empty tensors, a long line. Prints what it\n"
    "did with each. The gradients themselves are judged by `run --engine`.\n"
    "\n"
    "  --timeout SECONDS     for each of its answers (30)\n"
    "  --start-timeout SECONDS\n"
    "                        until it has said hello (60)\n"
    "  -h, --help            this text\n"
    "\n"
    "Example:\n"
    "  gradcheck lint-engine './adapter.py --fast'\n"
    "\n"
    "Exit status: 0 nothing to complain about, 1 something is, 2 wrong usage, 3 it could not be run.\n";

const char help_mutants[] =
    "Usage: gradcheck mutants [OPTION]... PATH...\n"
    "\n"
    "Tests the checker: plants one bug at a time into the built-in engine's backward, in every gate of every\n"
    "case, and prints how many of each kind are caught with the verdict that is due and the right gate named.\n"
    "Equivalent: at these inputs the gradient is the true one bit for bit, at 256 bits or as the number "
    "format\n"
    "has it, so nobody can see the bug. Admissible: it differs at a corner only, where it is allowed. For one\n"
    "case alone it also says why its inputs hide a bug, and what to change. Bugs that a case lists under "
    "`bugs`\n"
    "are planted too, and have to show.\n"
    "\n"
    "  --cover               only find out whether each kind of bug, in every op and argument, is caught by "
    "some\n"
    "                        case: the cheapest cases first, in each what is still open; lists what is left\n"
    "  --magnitudes          instead plant relative errors of 1e-1 ... 1e-15 into one element, in every "
    "number\n"
    "                        format, and print the smallest one caught beside the rounding budget\n"
    "  --dtype NAME          the number format of the engine: float64 unless given; several for --magnitudes\n"
    "  --bits N              precision of the reference, 64 to 4096 bits (256)\n"
    "  --max-bits N          how far it may be raised where that is not enough (4096)\n"
    "  --seed N              of every random number of the check (1)\n"
    "  --filter GLOB         only cases whose id matches; repeatable, one of them must match\n"
    "  --tag LIST            only cases with these tags: 'a,!b' is a and not b\n"
    "  -j, --jobs N          threads (as many as there are processors); never changes a result\n"
    "  --allow-outside       cases may name files that are not below their own folder\n"
    "  -v, --verbose         a line for every mutant\n"
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck mutants cases/lectures/add-mul.yaml\n"
    "  gradcheck mutants cases/lectures cases/gates\n"
    "  gradcheck mutants cases --cover\n"
    "  gradcheck mutants cases/lectures/sigmoid-neuron.yaml --magnitudes\n"
    "\n"
    "Exit status: 0 every mutant that differs is caught as it should be; 1 one is not; 2 wrong usage or a bad\n"
    "file; 4 no case was found; 130 interrupted.\n";

const char help_exercise[] =
    "Usage: gradcheck exercise list\n"
    "       gradcheck exercise show N [-o FILE]\n"
    "       gradcheck exercise check N FILE\n"
    "\n"
    "Find the bug: ten computations, each with a wrong derivative in it, from easy to hard. `show` prints the\n"
    "task and the case file; mend what stands behind `claim`, and `check` says how close you are. It tries\n"
    "other inputs too, so a number that fits is not enough. N is a number or a name.\n"
    "\n"
    "  -o, --output FILE     of show: write the case file there; a file that is there already is left alone\n"
    "  --hint                of check: also the hint of the exercise\n"
    "  --lang LANGUAGE       en or ko (as LC_ALL, LC_MESSAGES or LANG says, else en)\n"
    "  --color WHEN          auto, always or never; NO_COLOR is honoured\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck exercise list\n"
    "  gradcheck exercise show 1 -o one.yaml\n"
    "  gradcheck exercise check 1 one.yaml --hint\n"
    "\n"
    "Exit status: 0 solved, 1 not yet, or the file is not that of the exercise; 2 wrong usage or a bad file.\n";

const char help_fuzz[] =
    "Usage: gradcheck fuzz [OPTION]...\n"
    "\n"
    "Draws random graphs of 2 to 30 nodes (ops, shapes, attributes, numbers) and checks an engine on them.\n"
    "A graph that fails is made small while it fails in the same way, and becomes a case file. The same seed\n"
    "draws the same graphs on every machine (of the ops that the engine lists). Calls that leave the domain or "
    "the\n"
    "range are drawn again.\n"
    "\n"
    "  --count N             graphs (1000)\n"
    "  --seed N              of the graphs and of every random number of the check (1)\n"
    "  --engine COMMAND      check this program, or builtin:reordered, in place of the built-in engine\n"
    "  --timeout SECONDS     for each of its answers (30)\n"
    "  --start-timeout SECONDS\n"
    "                        until it has said hello (60)\n"
    "  --dtype LIST          number formats: float64 unless given\n"
    "  --bits N              precision of the reference, 64 to 4096 bits (256)\n"
    "  --max-bits N          how far it may be raised where that is not enough (4096)\n"
    "  -o, --output FOLDER   write the cases there instead of printing them\n"
    "  --all                 every graph becomes a case, as it was drawn\n"
    "  -j, --jobs N          threads (as many as there are processors); never changes a result\n"
    "  -q, --quiet           no progress\n"
    "  -h, --help            this text\n"
    "\n"
    "Examples:\n"
    "  gradcheck fuzz --count 20000\n"
    "  gradcheck fuzz --engine ./adapter.py --seed 7 -o cases/fuzz\n"
    "  gradcheck fuzz --all --count 100 -o drawn/\n"
    "\n"
    "Exit status: 0 every graph passes; 1 one does not; 2 wrong usage, or a file cannot be written; 3 the "
    "engine\n"
    "could not be run; 4 nothing was checked; 130 interrupted.\n";

const struct command commands[] = {
    {"run", cmd_run, help_run},
    {"check", cmd_check, help_check},
    {"explain", cmd_explain, help_explain},
    {"sweep", cmd_sweep, help_sweep},
    {"draw", cmd_draw, help_draw},
    {"ops", cmd_ops, help_ops},
    {"freeze", cmd_freeze, help_freeze},
    {"judge", cmd_judge, help_judge},
    {"lint-engine", cmd_lint_engine, help_lint_engine},
    {"mutants", cmd_mutants, help_mutants},
    {"exercise", cmd_exercise, help_exercise},
    {"fuzz", cmd_fuzz, help_fuzz},
};
const size_t command_count = sizeof commands / sizeof *commands;

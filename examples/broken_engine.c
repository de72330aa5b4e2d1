/* The engine of engine.c with one bug planted: a gradient is assigned where it should be added. Every gate
 * alone is right, and so is every graph in which each value is used once; only branches show it. This program
 * exits with 1. */
#define JOIN(gradient, term) ((gradient) = (term))
#include "engine.c"

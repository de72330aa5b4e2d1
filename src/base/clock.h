/* Time. */
#ifndef GCK_BASE_CLOCK_H
#define GCK_BASE_CLOCK_H

/* Milliseconds of a clock that only goes forward. A signal handler may ask. */
double now_ms(void);

#endif

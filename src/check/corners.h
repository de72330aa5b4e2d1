/* Corners: the elements of parameters whose derivative depends on how a tie is resolved, or does not exist. */
#ifndef GCK_CHECK_CORNERS_H
#define GCK_CHECK_CORNERS_H
#include "check/certificate.h"

/* Marks, per parameter, the elements that the alternatives for ties change, and those whose reference
 * gradient is not finite. corners has a slot per node; *any tells whether one was marked. */
gck_status corners_mark(bool **corners, bool *any, struct arena *arena, const struct reference *reference,
                        const struct budget *budget);

#endif

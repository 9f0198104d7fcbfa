#include "app/origin.h"

enum refusal origin_act(const struct origin *origin, const struct action *action)
{
    return origin->act ? origin->act(origin->self, action) : REFUSAL_READ_ONLY;
}

size_t origin_pending(const struct origin *origin, const struct pending_action **out)
{
    *out = NULL;
    return origin->pending ? origin->pending(origin->self, out) : 0;
}

const struct rights *origin_rights(const struct origin *origin)
{
    return origin->rights ? origin->rights(origin->self) : NULL;
}

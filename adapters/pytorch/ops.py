"""Each op of gradcheck in PyTorch: a function of tensors, its attributes by name.

PyTorch's own op wherever there is one, so that it is PyTorch that is checked; the few it lacks are composed.
"""
import math

import torch
import torch.nn.functional as F


class Unsupported(Exception):
    def __init__(self, what, name):
        super().__init__(what, name)
        self.what, self.name = what, name


def only(condition, name):
    """An attribute's value, say, that PyTorch does not have."""
    if not condition:
        raise Unsupported("attribute", name)


def every(x, axes):
    return tuple(range(x.dim())) if axes is None else tuple(axes)


def reduced(losses, reduction):
    return losses if reduction == "none" else losses.sum() if reduction == "sum" else losses.mean()


# ---- gates

def at_ties(function):
    def gate(a, b, ties):
        only(ties == "half", f"ties={ties}")
        return function(a, b)
    return gate


def clamp(x, min=None, max=None):
    return x.clone() if min is None and max is None else torch.clamp(x, min, max)


def prelu(x, w):
    return F.prelu(x, w.reshape(-1))


# ---- reductions; PyTorch takes an empty list of axes for all of them

def over(function):
    def reduction(x, axes=None, keepdims=False, **more):
        axes = every(x, axes)
        return function(x, dim=axes, keepdim=keepdims, **more) if axes else function(x.unsqueeze(0), dim=(0,), **more)
    return reduction


def extreme(function, routed):
    """`routed` gives the first of equal elements everything, over one axis."""
    def reduction(x, ties, axes=None, keepdims=False):
        only(ties in ("share", "first"), f"ties={ties}")
        if ties == "share":
            return over(function)(x, axes, keepdims)
        only(axes is None and not keepdims or len(every(x, axes)) == 1, "ties=first over several axes")
        return routed(x, axes[0], keepdim=keepdims).values if axes else routed(x.reshape(-1), 0).values
    return reduction


def prod(x, axes=None, keepdims=False):
    if axes is None and not keepdims:
        return torch.prod(x)
    for axis in sorted((axis % x.dim() for axis in every(x, axes)), reverse=True):
        x = torch.prod(x, axis, keepdim=keepdims)
    return x


def norm(x, ord, p=None, axes=None, keepdims=False):
    order = p if ord == "p" else float(ord)
    return over(lambda x, **where: torch.linalg.vector_norm(x, order, **where))(x, axes, keepdims)


def median(x, interpolation, axis=None, keepdims=False):
    shape = [1] * x.dim() if keepdims and axis is None else None
    if axis is None:
        x, axis = x.reshape(-1), 0
    if interpolation == "lower":
        y = torch.median(x, axis, keepdim=keepdims and not shape).values
    else:
        y = torch.quantile(x, 0.5, axis, keepdim=keepdims and not shape, interpolation="midpoint")
    return y.reshape(shape) if shape else y


# ---- shapes

def repeat(x, repeats, axis=None):
    if axis is None:
        x, axis = x.reshape(-1), 0
    return torch.repeat_interleave(x, repeats[0] if len(repeats) == 1 else torch.tensor(repeats), axis)


def transpose(x, axes=None):
    return x.permute(tuple(reversed(range(x.dim()))) if axes is None else axes)


def slice_of(x, starts=None, stops=None, steps=None, axes=None):
    """PyTorch's own slices go forward only; the others pick their indices."""
    count = max(len(given) for given in (starts, stops, steps) if given is not None)
    starts, stops, steps = ([None] * count if given is None else given for given in (starts, stops, steps))
    for start, stop, step, axis in zip(starts, stops, steps, axes if axes is not None else range(count)):
        if step is None or step > 0:
            part = [slice(None)] * x.dim()
            part[axis] = slice(start, stop, step)
            x = x[tuple(part)]
        else:
            x = x.index_select(axis, torch.tensor(range(x.shape[axis])[start:stop:step], dtype=torch.int64))
    return x


def squeeze(x, axes=None):
    if axes is None:
        return torch.squeeze(x)
    for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
        x = torch.squeeze(x, axis)
    return x


def unsqueeze(x, axes):
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = torch.unsqueeze(x, axis)
    return x


def pad(x, mode, before=None, after=None, value=0.0):
    pairs = list(zip(before or [0] * x.dim(), after or [0] * x.dim()))
    if mode == "constant":
        return F.pad(x, [size for pair in reversed(pairs) for size in pair], value=value)
    batch = max(0, x.dim() - 3)
    only(not any(sum(pair) for pair in pairs[:batch]), f"mode={mode} of more than the last three axes")
    y = x.reshape([-1, 1] + [1] * (3 - x.dim()) + list(x.shape[batch:]))  # PyTorch pads the last three of five axes
    pairs = [(0, 0)] * (3 - x.dim()) + pairs[batch:]
    y = F.pad(y, [size for pair in reversed(pairs) for size in pair], mode=mode)
    return y.reshape(x.shape[:batch] + y.shape[5 - x.dim() + batch:])


# ---- indexing; PyTorch takes negative indices in index_put only

def gather(x, index, axis):
    return torch.gather(x, axis, index % x.shape[axis])


def take(x, index, axis):
    axis %= x.dim()
    rows = torch.index_select(x, axis, index.reshape(-1) % x.shape[axis])
    return rows.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1:])


def embedding(w, index, padding_idx=None):
    """PyTorch reads w at padding_idx, too; here that is 0."""
    index = index % w.shape[0]
    if padding_idx is None:
        return F.embedding(index, w)
    y = F.embedding(index, w, padding_idx)
    return y.masked_fill((index == padding_idx % w.shape[0]).unsqueeze(-1), 0)


def scatter_add(x, index, src, axis):
    """PyTorch has a gradient of src where index is as large only."""
    src = src[tuple(slice(size) for size in index.shape)]
    return torch.scatter_add(x, axis, index % x.shape[axis], src)


# ---- convolution

def upsample(x, mode, align_corners, size=None, scale=None):
    axes = [x.shape[2], x.shape[3]]
    if size is None:
        size = [n * k for n, k in zip(axes, scale * (2 // len(scale)))]
    size = tuple(size * (2 // len(size)))
    return F.interpolate(x, size, mode=mode, **({"align_corners": align_corners} if mode == "bilinear" else {}))


def one_or_each(sizes):
    """One number for every axis, or one an axis."""
    return sizes[0] if len(sizes) == 1 else tuple(sizes)


def convolution(function):
    def convolved(x, w, b=None, *, groups, **sizes):
        sizes = {name: one_or_each(given) for name, given in sizes.items()}
        return function(x, w, b, groups=groups, **sizes)
    return convolved


def max_pool(function):
    def pool(x, kernel, padding, dilation, ceil_mode, stride=None):
        return function(x, one_or_each(kernel), stride and one_or_each(stride), one_or_each(padding),
                        one_or_each(dilation), ceil_mode)
    return pool


def avg_pool(function):
    def pool(x, kernel, padding, ceil_mode, count_include_pad, stride=None):
        return function(x, one_or_each(kernel), stride and one_or_each(stride), one_or_each(padding), ceil_mode,
                        count_include_pad)
    return pool


# ---- normalization

def layer_norm(x, gamma=None, beta=None, *, axis, eps):
    return F.layer_norm(x, x.shape[axis:], gamma, beta, eps)


def rms_norm(x, gamma=None, *, axis, eps):
    axes = tuple(range(axis % x.dim(), x.dim()))
    y = x * torch.rsqrt(x.square().mean(axes, keepdim=True) + eps)
    return y if gamma is None else y * gamma


def batch_norm(x, gamma=None, beta=None, mean=None, var=None, *, training, eps):
    for given in (mean, var):
        only(given is None or not given.requires_grad, "a gradient of batch_norm's mean or var")
    only(not training or x.numel() > x.shape[1], "training on one number a channel")
    return F.batch_norm(x, mean, var, gamma, beta, training, 0.0, eps)


def local_response_norm(x, size, alpha, beta, k):
    if x.dim() < 3:
        raise Unsupported("rank", f"{x.dim()} of local_response_norm")
    return F.local_response_norm(x, size, alpha, beta, k)


def dropout(x, mask, p):
    return x.masked_fill(mask == 0, 0) / (1 - p)


# ---- losses

def cross_entropy_error(p, t, reduction):
    if t.is_floating_point():
        return reduced(-torch.xlogy(t, p).sum(-1), reduction)
    return F.nll_loss(p.log(), t, reduction=reduction)


def hinge_loss(s, t, reduction, margin):
    """PyTorch divides by the number of classes, too."""
    return F.multi_margin_loss(s, t, margin=margin, reduction=reduction) * s.shape[-1]


def bce_with_logits(x, t, weight=None, pos_weight=None, *, reduction):
    return F.binary_cross_entropy_with_logits(x, t, weight, reduction=reduction, pos_weight=pos_weight)


def cosine_embedding_loss(x1, x2, t, reduction, margin, eps):
    only(math.isclose(eps, 1e-12, rel_tol=1e-6), f"eps={eps}")
    return F.cosine_embedding_loss(x1, x2, t, margin, reduction=reduction)


# ---- attention

def seen(mask, causal, shape):
    """One mask of numbers to add, of shape (..., L, S), or None."""
    if mask is not None and not mask.is_floating_point():
        mask = torch.zeros(mask.shape, dtype=torch.float64).masked_fill(mask == 0, -math.inf)
    if causal:
        later = torch.full(shape[-2:], -math.inf, dtype=torch.float64).triu(1)
        mask = later if mask is None else mask + later
    return mask


def scaled_dot_product_attention(q, k, v, mask=None, *, causal, scale=None):
    mask = seen(mask, causal, (q.shape[-2], k.shape[-2]))
    mask = None if mask is None else mask.to(q.dtype)
    if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2
        return F.scaled_dot_product_attention(q, k, v, mask, scale=scale)
    scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
    return F.softmax(scores if mask is None else scores + mask, -1) @ v


def multi_head_attention(q, k, v, w_in, *rest, heads, causal):
    """PyTorch's own takes (L, N, E) and masks (N heads, L, S)."""
    biased = len(rest) > 2
    b_in, w_out, b_out, mask = (rest + (None,))[:4] if biased else (None, rest[0], None, (rest + (None,))[1])
    batch = q.shape[:-2]
    mask = seen(mask, causal, (q.shape[-2], k.shape[-2]))
    if mask is not None:
        mask = mask.to(q.dtype).expand(*batch, heads, q.shape[-2], k.shape[-2]).reshape(-1, q.shape[-2], k.shape[-2])
    flat = [x.reshape(-1, *x.shape[-2:]).transpose(0, 1) for x in (q, k, v)]
    y, _ = F.multi_head_attention_forward(*flat, q.shape[-1], heads, w_in, b_in, None, None, False, 0.0, w_out, b_out,
                                          training=False, need_weights=False, attn_mask=mask)
    return y.transpose(0, 1).reshape(q.shape)


# ---- recurrent layers; PyTorch takes the cells' biases for optional, the layers' states not

def lstm_cell(x, h, c, *weights, output):
    return torch.lstm_cell(x, (h, c), *weights)[output == "c"]


def layers(function, states):
    def layer(x, *rest, layers, bidirectional, **more):
        given = states if rest[0].dim() == 3 else 0
        weights, runs = rest[given:], layers * (2 if bidirectional else 1)
        zero = x.new_zeros(runs, x.shape[1], weights[1].shape[1])
        start = rest[:given] or (zero,) * states
        return function(**more)(x, start if states == 2 else start[0], weights, len(weights) == 4 * runs, layers, 0.0, False,
                                bidirectional, False)[0]
    return layer


def rnn(nonlinearity):
    return torch.rnn_relu if nonlinearity == "relu" else torch.rnn_tanh


OPS = {
    # arithmetic
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "neg": torch.neg,
    "reciprocal": torch.reciprocal, "square": torch.square, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt,
    "pow": torch.pow, "abs": torch.abs, "sign": torch.sign,
    "max": at_ties(torch.maximum), "min": at_ties(torch.minimum),
    "add_n": lambda *x: torch.stack(x).sum(0), "fma": lambda a, b, c: torch.addcmul(c, a, b),
    # elementary
    "exp": torch.exp, "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p, "log2": torch.log2,
    "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "asin": torch.asin, "acos": torch.acos, "atan": torch.atan,
    "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh, "asinh": torch.asinh, "acosh": torch.acosh,
    "atanh": torch.atanh, "erf": torch.erf, "erfc": torch.erfc, "lgamma": torch.lgamma, "atan2": torch.atan2,
    "hypot": torch.hypot, "logaddexp": torch.logaddexp, "xlogy": torch.xlogy,
    # choosing
    "where": lambda condition, a, b: torch.where(condition.bool(), a, b), "clamp": clamp,
    # activations
    "sigmoid": torch.sigmoid, "log_sigmoid": F.logsigmoid, "relu": F.relu, "relu6": F.relu6,
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope), "prelu": prelu, "elu": F.elu, "selu": F.selu,
    "celu": F.celu, "gelu": F.gelu, "silu": F.silu, "mish": F.mish, "softplus": F.softplus, "softsign": F.softsign,
    "hardtanh": F.hardtanh, "hardsigmoid": F.hardsigmoid, "hardswish": F.hardswish, "tanhshrink": F.tanhshrink,
    "softshrink": F.softshrink, "hardshrink": F.hardshrink, "threshold": F.threshold,
    "glu": lambda x, axis: F.glu(x, axis),
    # reductions
    "sum": over(torch.sum), "mean": over(torch.mean), "amax": extreme(torch.amax, torch.max), "amin": extreme(torch.amin, torch.min),
    "prod": prod, "var": over(torch.var), "std": over(torch.std), "norm": norm, "median": median,
    "cumsum": lambda x, axis: torch.cumsum(x, axis), "cumprod": lambda x, axis: torch.cumprod(x, axis),
    "sort": lambda x, axis, descending: torch.sort(x, stable=True, dim=axis, descending=descending).values,
    "topk": lambda x, k, axis, largest: torch.topk(x, k, axis, largest).values,
    # shapes
    "repeat": repeat, "expand": lambda x, shape: x.expand(shape), "reshape": lambda x, shape: x.reshape(shape),
    "transpose": transpose, "concat": lambda *x, axis: torch.cat(x, axis), "slice": slice_of,
    "flatten": lambda x, start_axis, end_axis: torch.flatten(x, start_axis, end_axis),
    "squeeze": squeeze, "unsqueeze": unsqueeze, "stack": lambda *x, axis: torch.stack(x, axis),
    "split": lambda x, sizes, index, axis: torch.split(x, sizes, axis)[index],
    "flip": lambda x, axes=None: torch.flip(x, every(x, axes)), "roll": lambda x, shifts, axes=None: torch.roll(x, shifts, axes),
    "tile": lambda x, reps: torch.tile(x, reps), "pad": pad,
    "diagonal": lambda x, offset, axis1, axis2: torch.diagonal(x, offset, axis1, axis2),
    "tril": lambda x, k: torch.tril(x, k), "triu": lambda x, k: torch.triu(x, k),
    # indexing
    "gather": gather, "take": take, "embedding": embedding, "scatter_add": scatter_add,
    "index_put": lambda x, index, src, accumulate: torch.index_put(x, (index,), src, accumulate),
    # linear
    "matmul": torch.matmul, "affine": lambda x, w, b=None: F.linear(x, w.t(), b),
    "linear": F.linear, "bilinear": F.bilinear, "dot": torch.dot,
    "outer": lambda a, b: torch.tensordot(a, b, 0),
    "inverse": torch.linalg.inv, "solve": torch.linalg.solve, "det": torch.linalg.det, "logdet": torch.logdet,
    "einsum": lambda *x, equation: torch.einsum(equation, *x),
    "cholesky": lambda a: torch.linalg.cholesky((a + a.mT) / 2),  # PyTorch reads the lower triangle alone
    # convolution
    "conv1d": convolution(F.conv1d), "conv2d": convolution(F.conv2d),
    "conv_transpose2d": convolution(F.conv_transpose2d),
    "max_pool1d": max_pool(F.max_pool1d), "max_pool2d": max_pool(F.max_pool2d),
    "avg_pool1d": avg_pool(F.avg_pool1d), "avg_pool2d": avg_pool(F.avg_pool2d),
    "global_average_pool": lambda x: x.mean(tuple(range(2, x.dim())), keepdim=True),
    "adaptive_avg_pool1d": lambda x, size: F.adaptive_avg_pool1d(x, one_or_each(size)),
    "adaptive_avg_pool2d": lambda x, size: F.adaptive_avg_pool2d(x, one_or_each(size)),
    "adaptive_max_pool1d": lambda x, size: F.adaptive_max_pool1d(x, one_or_each(size)),
    "adaptive_max_pool2d": lambda x, size: F.adaptive_max_pool2d(x, one_or_each(size)), "upsample": upsample,
    # softmax
    "softmax": lambda x, axis: F.softmax(x, axis), "softmin": lambda x, axis: F.softmin(x, axis),
    "log_softmax": lambda x, axis: F.log_softmax(x, axis),
    "logsumexp": lambda x, axis, keepdims: torch.logsumexp(x, axis, keepdim=keepdims),
    # normalization
    "layer_norm": layer_norm, "rms_norm": rms_norm, "batch_norm": batch_norm,
    "group_norm": lambda x, gamma=None, beta=None, *, groups, eps: F.group_norm(x, groups, gamma, beta, eps),
    "instance_norm": lambda x, gamma=None, beta=None, *, eps: F.instance_norm(x, weight=gamma, bias=beta, eps=eps),
    "local_response_norm": local_response_norm,
    "l2_normalize": lambda x, axis, eps: F.normalize(x, dim=axis, eps=eps), "dropout": dropout,
    # attention
    "scaled_dot_product_attention": scaled_dot_product_attention, "multi_head_attention": multi_head_attention,
    # recurrent
    "rnn_cell": lambda *x, nonlinearity: (torch.rnn_relu_cell if nonlinearity == "relu" else torch.rnn_tanh_cell)(*x),
    "lstm_cell": lstm_cell, "gru_cell": torch.gru_cell,
    "rnn": layers(rnn, 1), "lstm": layers(lambda: torch.lstm, 2), "gru": layers(lambda: torch.gru, 1),
    # losses
    "cross_entropy_error": cross_entropy_error,
    "softmax_cross_entropy": lambda x, t, w=None, **more: F.cross_entropy(x, t, w, **more),
    "nll_loss": lambda x, t, w=None, **more: F.nll_loss(x, t, w, **more), "mse_loss": F.mse_loss,
    "l1_loss": F.l1_loss, "smooth_l1_loss": F.smooth_l1_loss, "huber_loss": F.huber_loss, "hinge_loss": hinge_loss,
    "bce_loss": F.binary_cross_entropy, "bce_with_logits": bce_with_logits,
    "binary_hinge_loss": lambda s, t, reduction, margin: reduced(F.relu(margin - t * s), reduction),
    "margin_ranking_loss": F.margin_ranking_loss, "kl_div": F.kl_div, "poisson_nll": F.poisson_nll_loss,
    "gaussian_nll": F.gaussian_nll_loss, "cosine_embedding_loss": cosine_embedding_loss,
    "cosine_similarity": lambda x1, x2, axis, eps: F.cosine_similarity(x1, x2, axis, eps),
    "triplet_margin_loss": F.triplet_margin_loss,
    "l1_regularization": lambda w, strength: strength * w.abs().sum(),
    "l2_regularization": lambda w, strength: strength / 2 * w.square().sum(),
}

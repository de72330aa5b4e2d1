"""Normalization, losses, attention and recurrent cells for oracle.py, straight from their definitions: arguments as
arrays of exact numbers, then the attributes as texts."""
import numpy as np
from mpmath import mp, mpf


def ops(oracle):
    """The table of ops; `oracle` is that module."""
    array, each, reduced, integers = oracle.array, oracle.each, oracle.reduced, oracle.integers
    exp, log, sqrt = (oracle.EXP_LOG[name] for name in ("exp", "log", "sqrt"))
    absolute = oracle.EXP_LOG["abs"]

    def number(a, name, initial):
        return mpf(a.get(name, initial))

    def total(x, axis, keepdims=True):
        return array(np.sum(x, axis=axis, keepdims=keepdims))

    def mean(x, axis):
        y = total(x, axis)
        return y * mpf(y.size) / x.size

    def standardized(x, axes, eps):
        d = x - mean(x, axes)
        return d / sqrt(mean(d * d, axes) + eps)

    def scaled(z, parameters, shape):
        """z gamma + beta"""
        z = z * parameters[0].reshape(shape) if parameters else z
        return z + parameters[1].reshape(shape) if len(parameters) > 1 else z

    def last(x, a):
        axis = int(a.get("axis", "-1"))
        return tuple(range(axis % x.ndim, x.ndim))

    def channels(x):
        return (-1,) + (1,) * (x.ndim - 2)

    def layer_norm(x, *rest):
        *parameters, a = rest
        axes = last(x, a)
        return scaled(standardized(x, axes, number(a, "eps", "1e-5")), parameters, [x.shape[i] for i in axes])

    def rms_norm(x, *rest):
        *parameters, a = rest
        axes = last(x, a)
        z = x / sqrt(mean(x * x, axes) + number(a, "eps", "1e-5"))
        return scaled(z, parameters, [x.shape[i] for i in axes])

    def batch_norm(x, *rest):
        *parameters, a = rest
        eps = number(a, "eps", "1e-5")
        if a.get("training", "true") == "true":
            axes = tuple(i for i in range(x.ndim) if i != 1)
            return scaled(standardized(x, axes, eps), parameters, channels(x))
        gamma, beta, given, var = parameters
        z = (x - given.reshape(channels(x))) / sqrt(var.reshape(channels(x)) + eps)
        return scaled(z, [gamma, beta], channels(x))

    def group_norm(x, *rest, groups=None):
        *parameters, a = rest
        split = x.reshape(x.shape[0], groups or int(a["groups"]), -1)
        return scaled(standardized(split, (2,), number(a, "eps", "1e-5")).reshape(x.shape), parameters, channels(x))

    def local_response_norm(x, a):
        size, count = int(a["size"]), x.shape[1]
        y = np.empty(x.shape, dtype=object)
        for j in range(count):
            window = x[:, max(0, j - size // 2):j + (size - 1) // 2 + 1]
            base = number(a, "k", "1") + number(a, "alpha", "0.0001") / size * total(window * window, 1, False)
            y[:, j] = x[:, j] * each(lambda b: mp.power(b, -number(a, "beta", "0.75")))(base)
        return y

    def l2_normalize(x, a):
        norm = sqrt(total(x * x, int(a.get("axis", "-1"))))
        return x / each(lambda v: max(v, number(a, "eps", "1e-12")))(norm)

    def classes(costs, t, w, a, smoothing=mpf(0)):
        """Costs -log p of rows of classes against labels or rows of weights t, with class weights w"""
        rows = costs.reshape(-1, costs.shape[-1])
        count = rows.shape[1]
        weights = w[0] if w else np.array([mpf(1)] * count, dtype=object)
        soft = t.shape == costs.shape
        targets = t.reshape(rows.shape) if soft else np.array(
            [[mpf(int(label) == j) for j in range(count)] for label in t.reshape(-1)], dtype=object).reshape(rows.shape)
        shares = (1 - smoothing) * targets + smoothing / count
        ignored = [not soft and "ignore_index" in a and int(label) == int(a["ignore_index"]) for label in t.reshape(-1)]
        losses, divisor = [], mpf(0)
        for i, row in enumerate(rows):
            if not soft and ignored[i]:
                losses.append(mpf(0))
                continue
            losses.append(sum((u * v * cost for u, v, cost in zip(shares[i], weights, row) if u), mpf(0)))
            divisor += mpf(1) if soft else sum(targets[i] * weights)
        if a.get("reduction", "mean") == "mean":
            return array(sum(losses, mpf(0)) / divisor)
        return reduced(np.array(losses, dtype=object).reshape(costs.shape[:-1]), a)

    def softmax_cross_entropy(x, t, *rest):
        *w, a = rest
        return classes(-oracle.log_softmax(x, -1), t, w, a, number(a, "label_smoothing", "0"))

    def nll_loss(logp, t, *rest):
        *w, a = rest
        return classes(-logp, t, w, a)

    def bce_with_logits(x, t, *rest):
        *weights, a = rest
        weight, positive = (weights + [mpf(1), mpf(1)])[:2]
        p, q = (oracle.EXP_LOG["sigmoid"](v) for v in (x, -x))
        return reduced(weight * (-positive * t * log(p) - (1 - t) * log(q)), a)

    def kl_div(x, t, a):
        if a.get("log_target", "false") == "true":
            losses = exp(t) * (t - x)
        else:
            losses = each(lambda p, q: p * (mp.log(p) - q) if p else mpf(0))(t, x)
        if a.get("reduction") == "batchmean":
            return total(losses, None, False) / mpf(len(x))
        return reduced(losses, a)

    def poisson_nll(x, t, a):
        if a.get("log_input", "true") == "true":
            losses = exp(x) - t * x
        else:
            losses = x - t * log(x + number(a, "eps", "1e-8"))
        if a.get("full", "false") == "true":
            losses = losses + each(lambda n: n * mp.log(n) - n + mp.log(2 * mp.pi * n) / 2 if n > 1 else mpf(0))(t)
        return reduced(losses, a)

    def gaussian_nll(x, t, var, a):
        v = larger(var, number(a, "eps", "1e-6"))
        constant = mp.log(2 * mp.pi) / 2 if a.get("full", "false") == "true" else mpf(0)
        return reduced((log(v) + (x - t) * (x - t) / v) / 2 + constant, a)

    def smooth_l1_loss(x, t, a):
        beta = number(a, "beta", "1")
        return reduced(each(lambda z: z * z / (2 * beta) if z < beta else z - beta / 2)(absolute(x - t)), a)

    def huber_loss(x, t, a):
        delta = number(a, "delta", "1")
        return reduced(each(lambda z: z * z / 2 if z < delta else delta * (z - delta / 2))(absolute(x - t)), a)

    def larger(x, y):
        return oracle.LARGER(array(x), array(y))

    def cosine_similarity(x, y, a):
        axis, eps = int(a.get("axis", "-1")), number(a, "eps", "1e-8")
        lengths = [larger(sqrt(total(v * v, axis, False)), eps) for v in (x, y)]
        return total(x * y, axis, False) / (lengths[0] * lengths[1])

    def cosine_embedding_loss(x, y, t, a):
        eps, margin = number(a, "eps", "1e-12"), number(a, "margin", "0")
        lengths = [sqrt(total(v * v, -1, False) + eps) for v in (x, y)]
        cosine = array(total(x * y, -1, False) / (lengths[0] * lengths[1]))
        losses = each(lambda s, c: 1 - c if s > 0 else max(mpf(0), c - margin))
        return reduced(losses(t.reshape(cosine.shape), cosine), a)

    def triplet_margin_loss(anchor, positive, negative, a):
        p, eps = number(a, "p", "2"), number(a, "eps", "1e-6")

        def distance(x, y):
            powers = each(lambda z: mp.power(z, p) if z else mpf(0))(absolute(x - y + eps))
            return each(lambda s: mp.power(s, 1 / p))(total(powers, -1, False))
        near, far = distance(anchor, positive), distance(anchor, negative)
        if a.get("swap", "false") == "true":
            far = oracle.SMALLER(far, distance(positive, negative))
        return reduced(larger(near - far + number(a, "margin", "1"), mpf(0)), a)

    def attention(q, k, v, *rest):
        *mask, a = rest
        scale = mpf(a["scale"]) if "scale" in a else 1 / mp.sqrt(q.shape[-1])
        scores = scale * np.matmul(q, np.swapaxes(k, -1, -2))
        seen = np.ones(scores.shape, dtype=bool)
        if mask and all(value in (0, 1) for value in mask[0].reshape(-1)):
            seen &= np.broadcast_to(mask[0], scores.shape) != 0
        elif mask:
            scores = scores + mask[0]
        if a.get("causal", "false") == "true":
            seen &= np.tril(np.ones(scores.shape[-2:], dtype=bool))
        weights = each(lambda score, see: mp.exp(score) if see else mpf(0))(scores, seen)
        return np.matmul(weights / total(weights, -1), v)

    def multi_head_attention(q, k, v, *rest):
        *rest, a = rest
        biased, masked = len(rest) > 3, len(rest) % 2 == 1
        into, out = rest[0], rest[2 if biased else 1]
        add, add_out = (rest[1], rest[3]) if biased else (mpf(0), mpf(0))
        width, heads = q.shape[-1], int(a["heads"])
        size = width // heads
        parts = []
        for i, x in enumerate((q, k, v)):
            rows = slice(i * width, (i + 1) * width)
            parts.append(np.matmul(x, into[rows].T) + (add[rows] if biased else mpf(0)))
        mask, outputs = rest[-1:] if masked else [], []
        for h in range(heads):
            own = [m if m.ndim < 3 else m[..., h % m.shape[-3], :, :] for m in mask]
            of_h = (part[..., h * size:(h + 1) * size] for part in parts)
            outputs.append(attention(*of_h, *own, {name: a[name] for name in a if name == "causal"}))
        return np.matmul(np.concatenate(outputs, axis=-1), out.T) + add_out

    def rotary_embedding(x, a):
        length, size = x.shape[-2:]
        y = np.empty(x.shape, dtype=object)
        for t in range(length):
            for i in range(size // 2):
                pair = (2 * i, 2 * i + 1) if a.get("interleaved", "false") == "true" else (i, i + size // 2)
                turn = (t + int(a.get("offset", "0"))) * mp.power(number(a, "base", "10000"), -mpf(2 * i) / size)
                first, second = x[..., t, pair[0]], x[..., t, pair[1]]
                y[..., t, pair[0]] = first * mp.cos(turn) - second * mp.sin(turn)
                y[..., t, pair[1]] = first * mp.sin(turn) + second * mp.cos(turn)
        return y

    def shares(x, h, weights):
        """W x + b of the input and of the state"""
        biases = weights[2:] or [mpf(0), mpf(0)]
        return np.matmul(x, weights[0].T) + biases[0], np.matmul(h, weights[1].T) + biases[1]

    sigmoid, tanh = oracle.EXP_LOG["sigmoid"], oracle.EXP_LOG["tanh"]

    def rnn_cell(x, h, *rest):
        *weights, a = rest
        of_x, of_h = shares(x, h, weights)
        return oracle.EXP_LOG[a.get("nonlinearity", "tanh")](of_x + of_h)

    def lstm_cell(x, h, c, *rest):
        *weights, a = rest
        i, f, g, o = np.split(sum(shares(x, h, weights)), 4, axis=1)
        state = sigmoid(f) * c + sigmoid(i) * tanh(g)
        return state if a.get("output", "h") == "c" else sigmoid(o) * tanh(state)

    def gru_cell(x, h, *rest):
        *weights, a = rest
        (r, z, n), (rh, zh, nh) = (np.split(share, 3, axis=1) for share in shares(x, h, weights))
        update = sigmoid(z + zh)
        return (1 - update) * tanh(n + sigmoid(r + rh) * nh) + update * h

    def sequence(cell, count):
        """The layers of a recurrent op: `cell` makes the next states from x, states and weights."""
        def run(x, *rest):
            *rest, a = rest
            given = count if rest[0].ndim == 3 else 0
            states, weights = rest[:given], rest[given:]
            directions = 2 if a.get("bidirectional", "false") == "true" else 1
            runs = int(a.get("layers", "1")) * directions
            each_run = len(weights) // runs
            for first in range(0, runs, directions):
                sides = []
                for number in range(first, first + directions):
                    own = weights[number * each_run:(number + 1) * each_run]
                    zeros = np.full((x.shape[1], own[1].shape[1]), mpf(0), dtype=object)
                    now = [state[number] for state in states] or [zeros] * count
                    steps = []
                    for t in range(len(x)) if number == first else reversed(range(len(x))):
                        now = cell(x[t], now, own, a)
                        steps.append(now[0])
                    sides.append(np.stack(steps if number == first else steps[::-1]))
                x = np.concatenate(sides, axis=2)
            return x
        return run

    def lstm_states(x, now, weights, a):
        return [lstm_cell(x, *now, *weights, {"output": name}) for name in ("h", "c")]

    return {
        "rnn": sequence(lambda x, now, weights, a: [rnn_cell(x, *now, *weights, a)], 1),
        "lstm": sequence(lstm_states, 2),
        "gru": sequence(lambda x, now, weights, a: [gru_cell(x, *now, *weights, a)], 1),
        "scaled_dot_product_attention": attention,
        "multi_head_attention": multi_head_attention,
        "rotary_embedding": rotary_embedding,
        "rnn_cell": rnn_cell,
        "lstm_cell": lstm_cell,
        "gru_cell": gru_cell,
        "softmax_cross_entropy": softmax_cross_entropy,
        "nll_loss": nll_loss,
        "bce_with_logits": bce_with_logits,
        "l1_loss": lambda x, t, a: reduced(absolute(x - t), a),
        "smooth_l1_loss": smooth_l1_loss,
        "huber_loss": huber_loss,
        "binary_hinge_loss": lambda s, t, a: reduced(larger(number(a, "margin", "1") - t * s, mpf(0)), a),
        "margin_ranking_loss": lambda x, y, t, a: reduced(larger(number(a, "margin", "0") - t * (x - y), mpf(0)), a),
        "kl_div": kl_div,
        "poisson_nll": poisson_nll,
        "gaussian_nll": gaussian_nll,
        "cosine_similarity": cosine_similarity,
        "cosine_embedding_loss": cosine_embedding_loss,
        "triplet_margin_loss": triplet_margin_loss,
        "layer_norm": layer_norm,
        "rms_norm": rms_norm,
        "batch_norm": batch_norm,
        "group_norm": group_norm,
        "instance_norm": lambda x, *rest: group_norm(x, *rest, groups=x.shape[1]),
        "local_response_norm": local_response_norm,
        "l2_normalize": l2_normalize,
        "softmin": lambda x, a: exp(oracle.log_softmax(-x, int(a.get("axis", "-1")))),
        "dropout": lambda x, mask, a: x * mask / (1 - number(a, "p", "0.5")),
    }

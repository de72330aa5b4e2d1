// Each op of gradcheck in TensorFlow.js: a function of the attributes and the tensors.
//
// TensorFlow.js's own op wherever there is one, so that it is TensorFlow.js that is checked. It has images with
// their channels last: tensors are transposed on the way in and out.
'use strict';
const tf = require('@tensorflow/tfjs');

class Unsupported extends Error {
  constructor(what, name) {
    super(name);
    this.what = what;
  }
}

function only(condition, name) {
  if (!condition)
    throw new Unsupported('attribute', name);
}

function ofRank(condition, name) {
  if (!condition)
    throw new Unsupported('rank', name);
}

const ignoring = f => (attributes, ...x) => f(...x);
const every = (x, axes) => axes === undefined ? x.shape.map((_, i) => i) : axes;
const normal = (x, axis) => axis < 0 ? axis + x.rank : axis;

// ---- reductions; an empty list of axes means none of them

function over(f) {
  return ({axes, keepdims, ...more}, x) => axes && axes.length === 0
    ? f(x.expandDims(0), [0], false, more)
    : f(x, axes === undefined ? x.shape.map((_, i) => i) : axes.map(axis => normal(x, axis)), keepdims, more);
}

function extreme(f) {
  return over((x, axes, keepdims, {ties}) => {
    only(ties === 'share', `ties=${ties}`);
    return f(x, axes, keepdims);
  });
}

function norm({ord, p, axes, keepdims}, x) {
  only(ord !== 'p', `ord=p with p=${p}`);
  const list = every(x, axes);
  only(list.length === 1 || list.length === x.rank && ord === '2', `axes=[${list}] with ord=${ord}`);
  return tf.norm(x, ord === '2' ? 'euclidean' : ord === 'inf' ? Infinity : 1, list.length === 1 ? list[0] : list, keepdims);
}

// ---- shapes

// Steps of 1 are a slice, which has a gradient; strided slices have none.
function slice({starts, stops, steps, axes}, x) {
  const begin = x.shape.map(() => 0), size = [...x.shape];
  const count = Math.max(...[starts, stops, steps].map(given => given ? given.length : 0));
  for (let i = 0; i < count; i++) {
    only(!steps || steps[i] === 1, `steps=[${steps}]`);
    const axis = axes ? normal(x, axes[i]) : i, n = x.shape[axis];
    const bound = at => Math.min(Math.max(at < 0 ? at + n : at, 0), n);
    begin[axis] = starts ? bound(starts[i]) : 0;
    size[axis] = Math.max(0, (stops ? bound(stops[i]) : n) - begin[axis]);
  }
  return tf.slice(x, begin, size);
}

function pad({mode, before, after, value}, x) {
  const zeros = x.shape.map(() => 0);
  const pairs = zeros.map((_, i) => [(before || zeros)[i], (after || zeros)[i]]);
  only(mode !== 'replicate', 'mode=replicate');
  return mode === 'reflect' ? tf.mirrorPad(x, pairs, 'reflect') : tf.pad(x, pairs, value === undefined ? 0 : value);
}

function reshape({shape}, x) {
  return tf.reshape(x, shape);
}

function flatten({start_axis, end_axis}, x) {
  const from = normal(x, start_axis), to = normal(x, end_axis);
  return tf.reshape(x, x.rank === 0 ? [1] : [...x.shape.slice(0, from), -1, ...x.shape.slice(to + 1)]);
}

function expand({shape}, x) {
  const missing = shape.length - x.rank;
  return tf.broadcastTo(x, shape.map((size, i) => size === -1 ? x.shape[i - missing] : size));
}

function unsqueeze({axes}, x) {
  const rank = x.rank + axes.length;
  for (const axis of axes.map(axis => axis < 0 ? axis + rank : axis).sort((a, b) => a - b))
    x = tf.expandDims(x, axis);
  return x;
}

function squeeze({axes}, x) {
  return axes ? tf.squeeze(x, axes.map(axis => normal(x, axis))) : tf.squeeze(x);
}

function take({axis}, x, index) {
  return tf.gather(x, index.add(index.less(0).cast('int32').mul(tf.scalar(x.shape[normal(x, axis)], 'int32'))), axis);
}

// ---- images

const last = x => tf.transpose(x, [0, 2, 3, 1]);
const first = x => tf.transpose(x, [0, 3, 1, 2]);
const pair = given => Array.isArray(given) ? given.length === 1 ? [given[0], given[0]] : given : [given, given];

function conv2d({stride, padding, dilation, groups}, x, w, b) {
  only(groups === 1, `groups=${groups}`);
  const [top, side] = pair(padding);
  const y = tf.conv2d(last(x), tf.transpose(w, [2, 3, 1, 0]), pair(stride), [[0, 0], [top, top], [side, side], [0, 0]],
                      'NHWC', pair(dilation));
  return first(b ? y.add(b) : y);
}

function convTranspose2d({stride, padding, dilation, output_padding, groups}, x, w, b) {
  only(groups === 1, `groups=${groups}`);
  only(pair(dilation).every(d => d === 1), `dilation=[${dilation}]`);
  const steps = pair(stride), edge = pair(padding), more = pair(output_padding);
  const size = i => (x.shape[i + 2] - 1) * steps[i] - 2 * edge[i] + w.shape[i + 2] + more[i];
  const y = tf.conv2dTranspose(last(x), tf.transpose(w, [2, 3, 1, 0]), [x.shape[0], size(0), size(1), w.shape[1]], steps,
                               [[0, 0], [edge[0], edge[0]], [edge[1], edge[1]], [0, 0]], 'floor');
  return first(b ? y.add(b) : y);
}

function upsample({mode, size, scale, align_corners}, x) {
  const sizes = size ? pair(size) : pair(scale).map((k, i) => k * x.shape[i + 2]);
  return first(mode === 'nearest' ? tf.image.resizeNearestNeighbor(last(x), sizes)
                                  : tf.image.resizeBilinear(last(x), sizes, align_corners, !align_corners));
}

// A sequence is an image of height 1.
function conv1d({stride, padding, dilation, groups}, x, w, b) {
  const flat = list => Array.isArray(list) ? list[0] : list;
  const y = conv2d({stride: [1, flat(stride)], padding: [0, flat(padding)], dilation: [1, flat(dilation)], groups},
                   x.expandDims(2), w.expandDims(2), b);
  return y.squeeze([2]);
}

function pool(f, include) {
  return ({kernel, stride, padding, dilation, ceil_mode, count_include_pad}, x) => {
    const [top, side] = pair(padding);
    only(!dilation || pair(dilation).every(d => d === 1), `dilation=${dilation}`);
    only(!include || !count_include_pad || top === 0 && side === 0, 'count_include_pad=true');
    only(top === side, `padding=[${padding}]`);
    only(!ceil_mode, 'ceil_mode=true');
    return first(f(last(x), pair(kernel), pair(stride === undefined ? kernel : stride), top, 'floor'));
  };
}

// ---- normalization

function batchNorm({training, eps}, x, gamma, beta, mean, variance) {
  only(!training, 'training=true');
  ofRank(x.rank === 4 || x.rank === 2, `${x.rank} of batch_norm`);
  const y = tf.batchNorm(x.rank === 4 ? last(x) : x, mean, variance, beta, gamma, eps);
  return x.rank === 4 ? first(y) : y;
}

function localResponseNorm({size, alpha, beta, k}, x) {
  ofRank(x.rank === 4, `${x.rank} of local_response_norm`);
  only(size % 2 === 1, `size=${size}`);
  return first(tf.localResponseNormalization(last(x), (size - 1) / 2, k, alpha / size, beta));
}

// ---- losses

const REDUCTIONS = {none: tf.Reduction.NONE, mean: tf.Reduction.MEAN, sum: tf.Reduction.SUM};

function loss(f) {
  return ({reduction, ...more}, x, t) => f(t, x, REDUCTIONS[reduction], more);
}

function softmaxCrossEntropy({reduction, ignore_index, label_smoothing}, x, t, w) {
  only(ignore_index === undefined, `ignore_index=${ignore_index}`);
  only(w === undefined, 'class weights');
  ofRank(x.rank === 2, `${x.rank} of softmax_cross_entropy`);
  const targets = t.dtype === 'int32' ? tf.oneHot(t, x.shape[1]).cast('float32') : t;
  return tf.losses.softmaxCrossEntropy(targets, x, undefined, label_smoothing, REDUCTIONS[reduction]);
}

function bceWithLogits({reduction}, x, t, weight, positive) {
  only(positive === undefined, 'pos_weight');
  only(weight === undefined || reduction !== 'none', 'reduction=none with a weight');
  const y = tf.losses.sigmoidCrossEntropy(t, x, weight, 0, weight ? REDUCTIONS.sum : REDUCTIONS[reduction]);
  return weight && reduction === 'mean' ? y.div(x.size) : y;
}

function lstmCell({output}, x, h, c, wIn, wState, bIn, bState) {
  const order = w => { // gates i f g o become i g f o
    const [i, f, g, o] = tf.split(w, 4, 0);
    return tf.concat([i, g, f, o], 0);
  };
  const kernel = tf.concat([tf.transpose(order(wIn)), tf.transpose(order(wState))], 0);
  const bias = bIn ? order(bState ? bIn.add(bState) : bIn) : tf.zeros([kernel.shape[1]]);
  const [newC, newH] = tf.basicLSTMCell(tf.scalar(0), kernel, bias, x, c, h);
  return output === 'h' ? newH : newC;
}

const matMul = (a, b, transposed = false) => {
  ofRank(a.rank >= 2 && b.rank >= 2, `${a.rank} of matmul`);
  return tf.matMul(a, b, false, transposed);
};
const half = f => ({ties}, a, b) => {
  only(ties === 'half', `ties=${ties}`);
  return f(a, b);
};

const OPS = {
  // arithmetic
  add: ignoring(tf.add), sub: ignoring(tf.sub), mul: ignoring(tf.mul), div: ignoring(tf.div), neg: ignoring(tf.neg),
  reciprocal: ignoring(tf.reciprocal), square: ignoring(tf.square), sqrt: ignoring(tf.sqrt), rsqrt: ignoring(tf.rsqrt),
  pow: ignoring(tf.pow), abs: ignoring(tf.abs), sign: ignoring(tf.sign), max: half(tf.maximum), min: half(tf.minimum),
  add_n: (_, ...x) => tf.addN(x),
  // elementary
  exp: ignoring(tf.exp), expm1: ignoring(tf.expm1), log: ignoring(tf.log), log1p: ignoring(tf.log1p),
  sin: ignoring(tf.sin), cos: ignoring(tf.cos), tan: ignoring(tf.tan), asin: ignoring(tf.asin), acos: ignoring(tf.acos),
  atan: ignoring(tf.atan), sinh: ignoring(tf.sinh), cosh: ignoring(tf.cosh), tanh: ignoring(tf.tanh),
  asinh: ignoring(tf.asinh), acosh: ignoring(tf.acosh), atanh: ignoring(tf.atanh), erf: ignoring(tf.erf),
  atan2: ignoring(tf.atan2),
  // choosing
  where: (_, condition, a, b) => tf.where(condition.cast('bool'), a, b),
  clamp: ({min = -Infinity, max = Infinity}, x) => tf.clipByValue(x, Number(min), Number(max)),
  // activations
  sigmoid: ignoring(tf.sigmoid), log_sigmoid: ignoring(tf.logSigmoid), relu: ignoring(tf.relu), relu6: ignoring(tf.relu6),
  leaky_relu: ({slope}, x) => tf.leakyRelu(x, slope), selu: ignoring(tf.selu),
  elu: ({alpha}, x) => {
    only(alpha === 1, `alpha=${alpha}`);
    return tf.elu(x);
  },
  prelu: (_, x, w) => tf.prelu(x, w.size === 1 ? w : w.reshape([w.size, ...x.shape.slice(2).map(() => 1)])),
  softplus: ({beta, threshold}, x) => {
    only(beta === 1 && threshold >= 20, `beta=${beta}, threshold=${threshold}`);
    return tf.softplus(x);
  },
  // reductions
  sum: over((x, axes, keepdims) => tf.sum(x, axes, keepdims)),
  mean: over((x, axes, keepdims) => tf.mean(x, axes, keepdims)),
  amax: extreme((x, axes, keepdims) => tf.max(x, axes, keepdims)),
  amin: extreme((x, axes, keepdims) => tf.min(x, axes, keepdims)),
  prod: over((x, axes, keepdims) => tf.prod(x, axes, keepdims)),
  var: over((x, axes, keepdims, {correction}) => {
    only(correction === 0, `correction=${correction}`);
    return tf.moments(x, axes, keepdims).variance;
  }),
  norm,
  cumsum: ({axis}, x) => tf.cumsum(x, normal(x, axis)), cumprod: ({axis}, x) => tf.cumprod(x, normal(x, axis)),
  // shapes
  reshape, flatten, expand, squeeze, unsqueeze, slice, pad,
  transpose: ({axes}, x) => tf.transpose(x, axes && axes.map(axis => normal(x, axis))), concat: ({axis}, ...x) => tf.concat(x, axis),
  stack: ({axis}, ...x) => tf.stack(x, axis < 0 ? axis + x[0].rank + 1 : axis),
  split: ({sizes, index, axis}, x) => tf.split(x, sizes, axis)[index],
  flip: ({axes}, x) => tf.reverse(x, axes), tile: ({reps}, x) => {
    ofRank(reps.length <= x.rank, `${x.rank} of tile with ${reps.length} numbers`);
    return tf.tile(x, [...Array(x.rank - reps.length).fill(1), ...reps]);
  },
  tril: ({k}, x) => {
    only(k >= 0, `k=${k}`);
    return tf.linalg.bandPart(x, -1, Math.min(k, x.shape[x.rank - 1]));
  },
  triu: ({k}, x) => {
    only(k <= 0, `k=${k}`);
    return tf.linalg.bandPart(x, Math.min(-k, x.shape[x.rank - 2]), -1);
  },
  // indexing
  take,
  embedding: ({padding_idx}, w, index) => {
    only(padding_idx === undefined, `padding_idx=${padding_idx}`);
    return take({axis: 0}, w, index);
  },
  // linear
  matmul: (_, a, b) => matMul(a, b),
  affine: (_, x, w, b) => b ? matMul(x, w).add(b) : matMul(x, w),
  linear: (_, x, w, b) => b ? matMul(x, w, true).add(b) : matMul(x, w, true),
  dot: (_, a, b) => tf.dot(a, b),
  outer: (_, a, b) => {
    ofRank(a.rank === 1 && b.rank === 1, `${a.rank} and ${b.rank} of outer`);
    return tf.outerProduct(a, b);
  },
  // convolution
  conv1d, conv2d, conv_transpose2d: convTranspose2d, upsample,
  max_pool2d: pool((x, ...how) => tf.maxPool(x, ...how), false),
  avg_pool2d: pool((x, ...how) => tf.avgPool(x, ...how), true),
  global_average_pool: (_, x) => tf.mean(x, x.shape.map((_, i) => i).slice(2), true),
  // softmax
  softmax: ({axis}, x) => tf.softmax(x, axis), log_softmax: ({axis}, x) => tf.logSoftmax(x, axis),
  logsumexp: ({axis, keepdims}, x) => tf.logSumExp(x, axis, keepdims),
  // normalization
  batch_norm: batchNorm, local_response_norm: localResponseNorm,
  // losses
  softmax_cross_entropy: softmaxCrossEntropy, bce_with_logits: bceWithLogits,
  mse_loss: loss((t, x, how) => tf.losses.meanSquaredError(t, x, undefined, how)),
  l1_loss: loss((t, x, how) => tf.losses.absoluteDifference(t, x, undefined, how)),
  huber_loss: loss((t, x, how, {delta}) => tf.losses.huberLoss(t, x, undefined, delta, how)),
  bce_loss: loss((t, x, how) => tf.losses.logLoss(t, x, undefined, 0, how)),
  binary_hinge_loss: loss((t, x, how, {margin}) => {
    only(margin === 1, `margin=${margin}`);
    return tf.losses.hingeLoss(t.add(1).div(2), x, undefined, how);
  }),
  l1_regularization: ({strength}, w) => w.abs().sum().mul(strength),
  l2_regularization: ({strength}, w) => w.square().sum().mul(strength / 2),
  // recurrent
  lstm_cell: lstmCell,
};

module.exports = {OPS, Unsupported};

// From similarities of labelled pairs to rates of error.

/** Pairs of which both faces could be compared, as `[similarity, same]`, the most alike first. */
function judged(pairs) {
  const seen = pairs.filter(({ similarity }) => similarity !== null);
  return seen.map(({ similarity, same }) => [similarity, same]).sort(([a], [b]) => b - a);
}

/** One point for each threshold that changes anything: of strangers, how many pass; of the same, how many do not. */
export function curve(pairs) {
  const sorted = judged(pairs);
  const same = sorted.filter(([, one]) => one).length;
  const different = sorted.length - same;
  if (!same || !different) return [];
  let [passed, wrong] = [0, 0];
  const points = [{ threshold: 1, falseAccepts: 0, falseRejects: 1 }];
  for (const [similarity, one] of sorted) {
    if (one) passed += 1;
    else wrong += 1;
    points.push({ threshold: similarity, falseAccepts: wrong / different, falseRejects: 1 - passed / same });
  }
  return points;
}

/** The rate at which as many strangers pass as people are refused. */
function equalErrorRate(points) {
  const apart = ({ falseAccepts, falseRejects }) => Math.abs(falseAccepts - falseRejects);
  const nearest = points.reduce((best, point) => (apart(point) < apart(best) ? point : best), points[0]);
  return (nearest.falseAccepts + nearest.falseRejects) / 2;
}

/** The area under the curve: how often a pair of one person is more alike than one of two. */
function area(points) {
  let sum = 0;
  for (let at = 1; at < points.length; at += 1) {
    const [before, after] = [points[at - 1], points[at]];
    sum += (after.falseAccepts - before.falseAccepts) * (1 - (before.falseRejects + after.falseRejects) / 2);
  }
  return sum;
}

/** What is told of a set of models in one line. None if there are no pairs of both kinds. */
export function summary(pairs, threshold) {
  const points = curve(pairs);
  if (points.length === 0) return null;
  const sorted = judged(pairs);
  const right = (at) => sorted.filter(([similarity, same]) => similarity >= at === same).length;
  const best = sorted.reduce((most, [at]) => (right(at) > right(most) ? at : most), threshold);
  const of = (kind) => sorted.filter(([, same]) => same === kind);
  return {
    pairs: sorted.length,
    uncompared: pairs.length - sorted.length,
    same: of(true).length,
    different: of(false).length,
    right: right(threshold),
    falseAccepts: of(false).filter(([similarity]) => similarity >= threshold).length,
    falseRejects: of(true).filter(([similarity]) => similarity < threshold).length,
    best,
    bestRight: right(best),
    equalErrorRate: equalErrorRate(points),
    area: area(points),
  };
}

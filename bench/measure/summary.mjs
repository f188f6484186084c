// Medians, spreads and ratios. A ratio is claimed only when it is larger than what the rounds differ by.

/** Fewer rounds than this have no spread worth the name, so they claim nothing. */
const ENOUGH = 3;

export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Half of the range, as a share of the median. */
export function spread(values) {
  return values.length < 2 ? 0 : (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/**
 * Ours against the peer, round by round, so that what disturbed both at the same time cancels out.
 * Above 1 is better whatever is counted.
 */
export function ratio(ours, peer, { higherIsBetter }) {
  const rounds = ours.map((value, round) => (higherIsBetter ? value / peer[round] : peer[round] / value));
  const middle = median(rounds);
  const half = (Math.max(...rounds) - Math.min(...rounds)) / 2;
  return { median: middle, half, claimed: rounds.length >= ENOUGH && Math.abs(middle - 1) > half };
}

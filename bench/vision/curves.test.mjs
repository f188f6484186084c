// The rates of error in the report and the times in the tables, on what can be counted by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { curve, summary } from "./curves.mjs";
import { best, typical } from "./tables.mjs";
import { difference } from "./tensors.mjs";

const pair = (similarity, same) => ({ similarity, same });
const PAIRS = [
  pair(0.9, true), pair(0.8, true), pair(0.6, false), pair(0.5, true), pair(0.4, false), pair(0.3, false), pair(0.2, true), pair(0.1, false),
  pair(null, true),
];

test("errors are counted at the threshold, and a face that could not be compared is none", () => {
  const found = summary(PAIRS, 0.45);
  assert.deepEqual(
    [found.pairs, found.uncompared, found.same, found.different, found.right, found.falseAccepts, found.falseRejects],
    [8, 1, 4, 4, 6, 1, 1],
  );
  assert.equal(found.bestRight, 6);
  assert.equal(found.equalErrorRate, 0.25);
  // Of the sixteen ways to take one pair of each kind, twelve have the one person's more alike.
  assert.equal(found.area, 12 / 16);
});

test("the curve goes from nobody to everybody", () => {
  const points = curve(PAIRS);
  assert.deepEqual([points[0].falseAccepts, points[0].falseRejects], [0, 1]);
  assert.deepEqual([points.at(-1).falseAccepts, points.at(-1).falseRejects], [1, 0]);
  assert.equal(summary([pair(0.5, true)], 0.4), null);
});

test("a difference that is no number is the largest", () => {
  assert.equal(difference([1, 2], [1.5, 2]), 0.5);
  assert.ok(Number.isNaN(difference([1, NaN, 3], [1, 2, 3])));
  assert.throws(() => difference([1], [1, 2]));
});

test("every photograph counts alike, however often it was looked at", () => {
  const times = [[2, 1, 1, 1, 3, 1, 2, 2, 9], [40, 42, 47]];
  assert.equal(typical(times), (2 + 42) / 2);
  assert.equal(best(times), (1 + 40) / 2);
});

/** Metrics against values from scikit-learn's documentation and numbers worked out by hand. */
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/errors.ts";
import { classificationReport, logLoss, reportFromConfusion, topKAccuracy } from "../../src/train/metrics.ts";

describe("classificationReport", () => {
  // The first example of sklearn.metrics.classification_report's documentation.
  const report = classificationReport([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], {
    classes: ["class 0", "class 1", "class 2"],
  });

  it("gives scikit-learn's documented scores", () => {
    const rounded = report.perClass.map(({ name, precision, recall, f1, support }) => [
      name,
      precision.toFixed(2),
      recall.toFixed(2),
      f1.toFixed(2),
      support,
    ]);
    expect(rounded).toEqual([
      ["class 0", "0.50", "1.00", "0.67", 1],
      ["class 1", "0.00", "0.00", "0.00", 1],
      ["class 2", "1.00", "0.67", "0.80", 3],
    ]);
    const averages = [report.macro, report.weighted].map(({ precision, recall, f1, support }) => [
      precision.toFixed(2),
      recall.toFixed(2),
      f1.toFixed(2),
      support,
    ]);
    expect(averages).toEqual([
      ["0.50", "0.56", "0.49", 5],
      ["0.70", "0.60", "0.61", 5],
    ]);
    expect(report.accuracy).toBe(0.6);
  });

  it("micro averages of single labels are the accuracy", () => {
    expect(report.micro).toEqual({ precision: 0.6, recall: 0.6, f1: 0.6, support: 5 });
  });

  it("confusion is [truth][predicted]", () => {
    // The example of sklearn.metrics.confusion_matrix's documentation.
    const { confusion } = classificationReport([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], {
      classes: ["ant", "bird", "cat"],
    });
    expect(confusion).toEqual([
      [2, 0, 0],
      [0, 0, 1],
      [1, 0, 2],
    ]);
  });

  it("f1 is the harmonic mean of precision and recall", () => {
    for (const { precision, recall, f1 } of report.perClass) {
      const expected = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
      expect(f1).toBeCloseTo(expected, 15);
    }
  });

  it("scores 0 where scikit-learn would divide by zero, and counts absent classes in the macro average", () => {
    const sparse = classificationReport([0, 0, 1], [0, 0, 0], { classes: ["a", "b", "c"] });
    expect(sparse.perClass.map(({ precision }) => precision)).toEqual([2 / 3, 0, 0]);
    expect(sparse.perClass.map(({ recall }) => recall)).toEqual([1, 0, 0]);
    expect(sparse.perClass.map(({ f1 }) => f1)).toEqual([0.8, 0, 0]);
    expect(sparse.perClass.map(({ support }) => support)).toEqual([2, 1, 0]);
    expect(sparse.macro.precision).toBeCloseTo(2 / 9, 15);
    expect(sparse.macro.recall).toBeCloseTo(1 / 3, 15);
    expect(sparse.macro.f1).toBeCloseTo(0.8 / 3, 15);
    expect(sparse.weighted.f1).toBeCloseTo((2 * 0.8) / 3, 15);
  });

  it("rejects lengths and labels that do not fit", () => {
    const classes = ["a", "b"];
    expect(() => classificationReport([0], [0, 1], { classes })).toThrow(
      "1 true labels, but 2 predicted ones",
    );
    expect(() => classificationReport([0, 2], [0, 1], { classes })).toThrow("truth[1] is 2");
    expect(() => classificationReport([0, 1], [-1, 1], { classes })).toThrow("predicted[0] is -1");
    expect(() => classificationReport([0, 0.5], [0, 1], { classes })).toThrow(ShapeError);
    expect(() => classificationReport([], [], { classes })).toThrow("counts no rows");
  });
});

describe("reportFromConfusion", () => {
  it("is the same report", () => {
    const whole = classificationReport([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], { classes: ["a", "b", "c"] });
    expect(reportFromConfusion(whole.confusion, ["a", "b", "c"])).toEqual(whole);
  });

  it("rejects what is not a square matrix of counts", () => {
    expect(() => reportFromConfusion([[1]], ["a", "b"])).toThrow("has 1 rows, but there are 2 classes");
    expect(() => reportFromConfusion([[1, 2], [3]], ["a", "b"])).toThrow(
      "row 1 of the confusion matrix has 1",
    );
    expect(() =>
      reportFromConfusion(
        [
          [1, -2],
          [3, 4],
        ],
        ["a", "b"],
      ),
    ).toThrow("confusion[0][1] is -2");
    expect(() =>
      reportFromConfusion(
        [
          [1, 0.5],
          [3, 4],
        ],
        ["a", "b"],
      ),
    ).toThrow(ShapeError);
  });
});

describe("topKAccuracy", () => {
  it("counts ranks below k", () => {
    // Ranks of the example of sklearn.metrics.top_k_accuracy_score's documentation, which gives 0.75 at k = 2.
    const ranks = Uint8Array.of(1, 0, 1, 2);
    expect([1, 2, 3].map((k) => topKAccuracy(ranks, k))).toEqual([0.25, 0.75, 1]);
  });

  it("rejects a k below 1 and an empty list", () => {
    expect(() => topKAccuracy([0], 0)).toThrow("k is 0");
    expect(() => topKAccuracy([0], 1.5)).toThrow(ShapeError);
    expect(() => topKAccuracy([], 1)).toThrow("there are no rows");
  });
});

describe("logLoss", () => {
  it("gives scikit-learn's documented value", () => {
    // sklearn.metrics.log_loss(["spam", "ham", "ham", "spam"], [[.1, .9], [.9, .1], [.8, .2], [.35, .65]])
    const probabilities = Float64Array.of(0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65);
    expect(logLoss([1, 0, 0, 1], probabilities)).toBeCloseTo(0.21616, 5);
  });

  it("clips at the spacing of the floats", () => {
    expect(logLoss([0], Float32Array.of(0, 1))).toBeCloseTo(23 * Math.log(2), 12);
    expect(logLoss([0], Float64Array.of(0, 1))).toBeCloseTo(52 * Math.log(2), 12);
    expect(logLoss([1], Float64Array.of(0, 1))).toBeGreaterThan(0);
  });

  it("rejects what does not fit", () => {
    expect(() => logLoss([0, 1], Float64Array.of(1, 0, 1))).toThrow("not the same number of classes");
    expect(() => logLoss([], Float64Array.of())).toThrow(ShapeError);
    expect(() => logLoss([2], Float64Array.of(0.5, 0.5))).toThrow("truth[0] is 2");
    expect(() => logLoss([0], Float64Array.of(Number.NaN, 0.5))).toThrow("is NaN; it must be from 0 to 1");
  });
});

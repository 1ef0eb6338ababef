/** Where the bars and lines of a chart stand: plain numbers for an inline SVG, so that the view has none to reckon. */

/** The width of a chart, in its own units. */
export const chartWidth = 600;
/** Its height. */
export const chartHeight = 160;

/** One bar, from above. */
export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What it stands for, told by pointing at it. */
  readonly title: string;
  readonly isFaint: boolean;
}

/** A chart as the view draws it. */
export interface Chart {
  readonly width: number;
  readonly height: number;
  /** What the top of it stands for. */
  readonly top: number;
  readonly bars: readonly Bar[];
  readonly lines: readonly { readonly name: string; readonly points: string }[];
  /** Below its left and right end. */
  readonly from: string;
  readonly to: string;
}

/** One value with what it stands for. */
export interface Value {
  readonly label: string;
  readonly count: number;
  readonly isFaint?: boolean;
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** A bar for each value, in their order. */
export function barChart(values: readonly Value[]): Chart {
  const top = Math.max(1, ...values.map(({ count }) => count));
  const step = chartWidth / Math.max(1, values.length);
  const bars = values.map(({ label, count, isFaint = false }, index): Bar => {
    // The smallest of them stays to be seen.
    const height = count === 0 ? 0 : Math.max(2, (count / top) * chartHeight);
    return {
      x: rounded(index * step + step * 0.1),
      y: rounded(chartHeight - height),
      width: rounded(step * 0.8),
      height: rounded(height),
      title: `${label}: ${count}`,
      isFaint,
    };
  });
  const [from, to] = [values[0]?.label ?? '', values.at(-1)?.label ?? ''];
  return { width: chartWidth, height: chartHeight, top, bars, lines: [], from, to };
}

/** A line for each series; all have a value for each label. */
export function lineChart(
  labels: readonly string[],
  series: readonly { readonly name: string; readonly values: readonly number[] }[],
): Chart {
  const top = Math.max(1, ...series.flatMap(({ values }) => values));
  const step = chartWidth / Math.max(1, labels.length - 1);
  const lines = series.map(({ name, values }) => ({
    name,
    points: pointsOf(values, step, top),
  }));
  const [from, to] = [labels[0] ?? '', labels.at(-1) ?? ''];
  return { width: chartWidth, height: chartHeight, top, bars: [], lines, from, to };
}

function pointsOf(values: readonly number[], step: number, top: number): string {
  const at = (index: number, value: number): string =>
    `${rounded(index * step)},${rounded(chartHeight - (value / top) * chartHeight)}`;
  // One day alone is a level line.
  if (values.length === 1) return `${at(0, values[0] ?? 0)} ${at(1, values[0] ?? 0)}`;
  return values.map((value, index) => at(index, value)).join(' ');
}

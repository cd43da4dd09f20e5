/** One line of a benchmark. Times in milliseconds, memory in MiB, unless the unit says otherwise. */
export interface Measure {
  readonly bench: string;
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, measured in the same run. */
  readonly reference?: { readonly name: string; readonly value: number };
  /** value / reference. */
  readonly ratio?: number;
  /** What we want the ratio (or the value, without a reference) to be. */
  readonly goal?: string;
}

export function report(measure: Omit<Measure, 'ratio'>): void {
  const ratio = measure.reference && measure.reference.value > 0 ? { ratio: round(measure.value / measure.reference.value) } : {};
  process.stdout.write(`${JSON.stringify({ ...measure, value: round(measure.value), ...(measure.reference ? { reference: { ...measure.reference, value: round(measure.reference.value) } } : {}), ...ratio })}\n`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The registry of one process, with the process's own figures in it. */
export interface Metrics {
  readonly registry: Registry;
  /** A gauge that is read when somebody scrapes: `collect` sets it. */
  gauge<Label extends string>(name: string, help: string, labels: readonly Label[], collect: (gauge: Gauge<Label>) => void | Promise<void>): void;
  /** A counter that is read when somebody scrapes: `collect` counts it up from nothing. */
  total<Label extends string>(name: string, help: string, labels: readonly Label[], collect: (counter: Counter<Label>) => void): void;
  counter<Label extends string>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  /** Buckets in seconds. */
  histogram<Label extends string>(name: string, help: string, labels?: readonly Label[]): Histogram<Label>;
}

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** Metric names get the prefix `sluice_`. A registry of its own: several servers can live in one process, as tests do. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const described = (name: string, help: string) => ({ name: `sluice_${name}`, help, registers: [registry] });
  return {
    registry,
    gauge: (name, help, labels, collect) => {
      new Gauge({
        ...described(name, help),
        labelNames: labels,
        async collect() {
          this.reset();
          await collect(this);
        },
      });
    },
    total: (name, help, labels, collect) => {
      new Counter({
        ...described(name, help),
        labelNames: labels,
        collect() {
          this.reset();
          collect(this);
        },
      });
    },
    counter: (name, help, labels = []) => new Counter({ ...described(name, help), labelNames: labels }),
    histogram: (name, help, labels = []) => new Histogram({ ...described(name, help), labelNames: labels, buckets: SECONDS }),
  };
}

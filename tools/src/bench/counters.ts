import { API } from '@sluice/contracts';
import type { LocalSystem } from '@sluice/testing';

/** Totals by metric, and `git <subcommand>`. */
export async function counters(system: LocalSystem): Promise<ReadonlyMap<string, number>> {
  const ask = async () => (await fetch(new URL(API.metrics.path, system.url))).text();
  // a connection that was kept may have ended meanwhile, which `fetch` does not try again
  const text = await ask().catch(ask);
  const totals = new Map<string, number>();
  const add = (name: string, value: number): unknown => totals.set(name, (totals.get(name) ?? 0) + value);
  for (const [, name = '', labels = '', value] of text.matchAll(/^sluice_(composes|git_processes|forge_calls)(\{[^}]*\})? (\d+)/gm)) {
    add(name, Number(value));
    const command = /command="([^"]*)"/.exec(labels)?.[1];
    if (command !== undefined) add(`git ${command}`, Number(value));
  }
  return totals;
}

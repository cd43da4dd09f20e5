import { benchBurst } from './burst.js';
import { benchCompose } from './compose.js';
import { benchDrift } from './drift.js';
import { benchFleet } from './fleet.js';
import { benchIdle } from './idle.js';
import { benchLoop } from './loop.js';
import { benchMetrics } from './metrics.js';
import { benchRebuild } from './rebuild.js';
import { benchSync } from './sync.js';

const BENCHES: Readonly<Record<string, (amount?: number) => Promise<void>>> = { compose: benchCompose, loop: benchLoop, burst: benchBurst, idle: benchIdle, drift: benchDrift, fleet: benchFleet, metrics: benchMetrics, rebuild: benchRebuild, sync: benchSync };

const [name = '', amount] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  process.stderr.write(`Usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [rounds of loop | applications of burst | minutes of idle | changes of drift | agents of fleet | deployments of metrics | promotions of rebuild | objects of sync]\nPrints one JSON line a measure.\n`);
  process.exit(2);
}
try {
  await bench(amount === undefined ? undefined : Number(amount));
  process.exit(0);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

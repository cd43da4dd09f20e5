import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textsIn, until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, started, synced } = testWorld(100_000);

describe('kill -9 in the middle of a sync', () => {
  const many = (text: string, count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`d${index % 40}/f${index}.yaml`, `${text} ${index}`]));

  it('of 2,000 files leaves every file whole, and the next start makes it exact', async () => {
    const { agent } = await started({ ...many('one', 2_000), 'gone/x': 'x' });
    writeFileSync(join(current.world.target, 'd0', 'foreign'), 'mine');
    const second = current.world.repository.push({ ...many('two', 2_000), 'gone/x': null });
    current.world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(current.world.target, 'd20'))).some((text) => text.startsWith('two')));
    await agent.kill('SIGKILL');
    const half = current.world.live();
    expect(Object.entries(half).filter(([path]) => path.endsWith('.yaml')).every(([, text]) => /^(one|two) \d+$/.test(text))).toBe(true);
    expect(Object.values(half).filter((text) => text.startsWith('one')).length).toBeGreaterThan(0);
    expect(current.world.control.reports.some((report) => report.commit === second)).toBe(false);
    current.world.agent();
    await synced(second);
    expect(current.world.live()).toEqual({ ...many('two', 2_000), 'd0/foreign': 'mine' });
  }, 120_000);

  it('is finished by the next start with everything else down', async () => {
    const { agent } = await started(many('one', 400));
    const second = current.world.repository.push(many('two', 400));
    current.world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(current.world.target, 'd20'))).some((text) => text.startsWith('two')));
    await agent.kill('SIGKILL');
    await current.world.control.stop();
    const next = current.world.agent();
    await until(() => Object.values(current.world.live()).every((text) => text.startsWith('two')), next.output);
  }, 120_000);

  it('is different from SIGTERM, which finishes the file under way and ends well', async () => {
    const { agent } = await started(many('one', 400));
    const second = current.world.repository.push(many('two', 400));
    current.world.control.assign({ commit: second });
    await until(() => Object.values(textsIn(join(current.world.target, 'd20'))).some((text) => text.startsWith('two')));
    expect(await agent.kill('SIGTERM')).toBe(0);
    expect(Object.keys(current.world.live()).every((path) => path.endsWith('.yaml'))).toBe(true);
    current.world.agent();
    await synced(second);
    expect(current.world.live()).toEqual(many('two', 400));
  }, 120_000);
});

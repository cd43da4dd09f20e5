import { environmentName } from '@sluice/kernel';
import { describeWithProgram, startRegistry } from '@sluice/testing';
import type { RunningRegistry } from '@sluice/testing';
import { UpdateImages } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CART, CHECKOUT, deployment } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';
import { updated, why } from './updated.fixture.js';

const DEV = environmentName('dev');

describeWorlds('image updates from a registry', (world) => {
  const subject = (shop: Shop): Promise<string> => shop.git('log', '-1', '--format=%an <%ae>|%cn|%s', 'forge/dev');

  describeWithProgram('docker-registry', 'from a registry', () => {
    let registry: RunningRegistry;
    let count = 0;
    beforeAll(async () => void (registry = await startRegistry()), 60_000);
    afterAll(() => registry?.stop());

    /** Images of a shop of its own, with these tags of checkout. */
    async function pushed(...tags: readonly string[]): Promise<{ readonly place: string; readonly repository: string; readonly checkout: string; readonly files: TextFiles; readonly digests: readonly string[] }> {
      const repository = `shop-${(count += 1)}`;
      const digests: string[] = [];
      for (const tag of tags) digests.push(await registry.push(`${repository}/checkout`, tag));
      const place = `${registry.host}/${repository}`;
      return { place, repository, checkout: `${place}/checkout`, files: { [CHECKOUT]: deployment('checkout', { tag: '2.0.0', registry: place, comment: 'kept as it is' }) }, digests };
    }

    it('commit the newest version of the range to the first environment, from where it is promoted', async () => {
      const { checkout, files, place } = await pushed('2.0.0', '2.9.0', '2.10.0', '3.0.0', 'latest');
      const made = updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`], { files });
      const shop = await world().repository({ ...made, qa: made['dev'] ?? {} });
      expect(await shop.file('dev', CHECKOUT)).toBe(deployment('checkout', { tag: '2.10.0', registry: place, comment: 'kept as it is' }));
      expect(await subject(shop)).toBe(`Sluice <sluice@sluice.invalid>|Sluice|Update ${checkout} from 2.0.0 to 2.10.0 in dev`);
      expect(await shop.git('log', '-1', '--format=%b', 'forge/dev')).toBe(`- ${checkout}: 2.0.0 → 2.10.0 in ${CHECKOUT} (newest of semver ^2)`);
      expect(await shop.file('qa', CHECKOUT)).toContain(`${checkout}:2.10.0`);
      expect(await why(shop)).toEqual([]);
      const { events } = await world().ports.events.after(undefined, 1_000);
      expect(events.filter(({ repository, type }) => repository === shop.id && type === 'images.updated')).toMatchObject([{ environment: 'dev', message: `Update ${checkout} from 2.0.0 to 2.10.0 in dev` }]);
    });

    it('follow what is pushed later, and change nothing as long as nothing is', async () => {
      const { checkout, files, repository } = await pushed('2.0.0', '2.1.0');
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { newest: true }, environment: dev }`], { files }));
      const head = await shop.head('dev');
      await shop.settle();
      expect(await shop.head('dev')).toBe(head);
      await registry.push(`${repository}/checkout`, '3.0.0');
      await shop.settle();
      expect(await shop.file('dev', CHECKOUT)).toContain(`${checkout}:3.0.0\n`);
    });

    it('pin the digest where that is asked for, and follow a tag that is pushed again', async () => {
      const { checkout, files, repository, digests } = await pushed('2.0.0', '2.1.0');
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev, pin: digest }`], { files }));
      expect(await shop.file('dev', CHECKOUT)).toContain(`image: ${checkout}:2.1.0@${digests[1] ?? '?'}\n`);
      const again = await registry.push(`${repository}/checkout`, '2.1.0');
      await shop.settle();
      expect(await shop.file('dev', CHECKOUT)).toContain(`image: ${checkout}:2.1.0@${again}\n`);
    });

    it('of several images are one commit', async () => {
      const { checkout, place, repository, files } = await pushed('2.0.0', '2.1.0');
      for (const tag of ['main-9', 'main-10', 'other-11']) await registry.push(`${repository}/cart`, tag);
      const own = { ...files, [CART]: deployment('cart', { tag: 'main-9', registry: place }) };
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`, `{ image: "${place}/cart", policy: { glob: "main-*" }, environment: dev }`], { files: own }));
      expect(await shop.file('dev', CART)).toContain(':main-10\n');
      expect(await subject(shop)).toContain('|Update 2 images in dev');
      expect(await shop.git('rev-list', '--count', 'forge/dev')).toBe('2');
    });

    it('leave a version alone that somebody has pinned outside of the range, and why says so', async () => {
      const { checkout, place } = await pushed('2.0.0', '2.1.0', '3.0.0');
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`], { files: { [CHECKOUT]: deployment('checkout', { tag: '3.0.0', registry: place }) } }));
      expect(await shop.file('dev', CHECKOUT)).toContain(':3.0.0\n');
      const message = `${CHECKOUT} has the tag 3.0.0, which semver ^2 does not follow: it is left as it is`;
      expect(await why(shop)).toMatchObject([{ environment: 'dev', message: `${checkout}: ${message}`, verdicts: [{ gate: 'imageUpdates', outcome: 'wait', message, until: expect.any(Number) }] }]);
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0.0', registry: place }) });
      await shop.settle();
      expect(await shop.file('dev', CHECKOUT)).toContain(':2.1.0\n');
      expect(await why(shop)).toEqual([]);
    });

    it('say when no tag fits, when the registry has no such image, and when nothing names it', async () => {
      const { checkout, place, files } = await pushed('2.0.0', '2.1.0');
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^7" }, environment: dev }`, `{ image: "${place}/none", policy: { newest: true }, environment: dev }`], { files }));
      expect((await why(shop)).map(({ message }) => message)).toEqual([`${checkout}: none of the 2 tags of ${checkout} is what semver ^7 follows`, `${place}/none: the registry has no ${place}/none`]);
      const other = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`]));
      expect((await why(other)).map(({ message }) => message)).toEqual([`${checkout}: no manifest names it`]);
    });

    it.each(['hold', 'deny'])('go on where people’s direct pushes are not let through (directPush: %s)', async (directPush) => {
      const { checkout, files } = await pushed('2.0.0', '2.1.0');
      const plain = updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`], { files, dev: `      directPush: ${directPush}\n` });
      const shop = await world().repository(plain);
      await shop.settle();
      expect(await shop.file('dev', CHECKOUT)).toContain(':2.1.0\n');
      const state = await world().ports.environments.state(shop.id, DEV);
      expect(state).toMatchObject({ assigned: await shop.head('dev'), unreviewed: [] });
    });

    it('have no author whom separation of duties would keep from approving; who only takes Sluice’s name is one', async () => {
      const { checkout, files, place, repository } = await pushed('2.0.0', '2.1.0');
      const qa = '      approvals: { required: 1, from: ["*"] }\n';
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`], { files, qa }));
      await shop.approve('checkout', 'qa', 'grace');
      expect(await shop.file('qa', CHECKOUT)).toContain(':2.1.0\n');
      await registry.push(`${repository}/checkout`, '2.2.0');
      await shop.settle();
      expect((await shop.current('checkout', 'qa'))?.authors).toEqual([]);
      await shop.approve('checkout', 'qa', 'ada');
      expect(await shop.file('qa', CHECKOUT)).toContain(':2.2.0\n');
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.2.0', registry: place, level: 'debug' }) });
      await shop.git('commit', '--quiet', '--amend', '--no-edit', '--author=Sluice <sluice@sluice.invalid>');
      await shop.push('dev', '--force');
      await shop.settle();
      expect((await shop.current('checkout', 'qa'))?.authors).toEqual([{ name: 'Sluice', email: 'sluice@sluice.invalid' }, expect.objectContaining({ person: 'ada' })]);
    });

    it('are made once by several workers, on top of what people push meanwhile', async () => {
      const { checkout, files, place } = await pushed('2.0.0', '2.1.0');
      const shop = await world().repository(updated([`{ image: "${checkout}", policy: { semver: "^2" }, environment: dev }`], { files }));
      await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0.0', registry: place, level: 'debug' }) });
      const workers = Array.from({ length: 4 }, (_, index) => new UpdateImages({ ...world().ports, settings: { ...world().ports.settings, worker: `worker-${index}` } }, { interval: 300_000 }));
      const [first, second] = [shop.commit('dev', { 'README.md': 'about' }).catch(() => undefined), Promise.all(workers.map((worker) => worker.run(shop.id, DEV)))];
      await Promise.all([first, second]);
      await shop.settle();
      expect(await shop.file('dev', CHECKOUT)).toBe(deployment('checkout', { tag: '2.1.0', registry: place, level: 'debug' }));
      expect((await shop.git('log', '--format=%an', 'forge/dev')).split('\n').filter((name) => name === 'Sluice')).toHaveLength(2);
    });
  });
});

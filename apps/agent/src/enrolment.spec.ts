import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@sluice/testing';
import { until } from './agent-process.fixture.js';
import { testWorld } from './test-world.fixture.js';

const { current, synced } = testWorld();

describe('enrolment', () => {
  it.each([
    ['unknown', undefined, 'this join token is unknown'],
    ['expired', { expired: true }, 'this join token has expired'],
    ['used by another', { key: 'x'.repeat(43) }, 'used by another agent'],
  ])('ends with a clear word and without a second try when the token is %s', async (_, token, message) => {
    current.world.control.tokens.clear();
    if (token) current.world.control.tokens.set('a-join-token-of-this-test', token);
    const agent = current.world.agent();
    expect(await agent.exit).toBe(3);
    expect(agent.output()).toContain(message);
    expect(agent.output()).toContain('sluice clusters token');
    expect(current.world.control.requests.filter((request) => request.includes('enrol'))).toHaveLength(1);
    expect(current.world.live()).toEqual({});
  });

  it('says so when there is no token', async () => {
    const agent = current.world.agent({ SLUICE_JOIN_TOKEN: '' });
    expect(await agent.exit).toBe(3);
    expect(agent.output()).toContain('SLUICE_JOIN_TOKEN_FILE');
  });

  it('takes the token from a file, and works again with the same token and key when the answer was lost', async () => {
    const file = join(current.world.base, 'token');
    writeFileSync(file, 'a-join-token-of-this-test\n');
    const commit = current.world.repository.push({ a: '1' });
    current.world.control.assign({ commit });
    const env = { SLUICE_JOIN_TOKEN: '', SLUICE_JOIN_TOKEN_FILE: file };
    const first = current.world.agent(env);
    await synced(commit);
    await first.kill('SIGKILL');
    rmSync(join(current.world.data, 'enrolment.json'));
    const again = current.world.agent(env);
    await until(() => again.output().includes('the agent runs'), again.output);
  });

  describe('an agent that is enrolled and gets another token', () => {
    const enrolled = async (): Promise<string> => {
      const commit = current.world.repository.push({ a: '1' });
      current.world.control.assign({ commit });
      const agent = current.world.agent();
      await synced(commit);
      await agent.kill('SIGTERM');
      return commit;
    };

    it('enrols again with a new key, and follows a control plane that counts from the beginning', async () => {
      await enrolled();
      const next = current.world.repository.push({ a: '2' });
      current.world.control.forget();
      current.world.control.tokens.set('a-token-after-the-loss', {});
      const again = current.world.agent({ SLUICE_JOIN_TOKEN: 'a-token-after-the-loss' });
      await until(() => again.output().includes('enrolled again'), again.output);
      current.world.control.assign({ commit: next });
      await synced(next);
    });

    it('goes on as it is when the token is refused', async () => {
      await enrolled();
      const next = current.world.repository.push({ a: '2' });
      const again = current.world.agent({ SLUICE_JOIN_TOKEN: 'an-unknown-token-of-this-test' });
      await until(() => again.output().includes('goes on as it was enrolled'), again.output);
      current.world.control.assign({ commit: next });
      await synced(next);
    });
  });

  describe('another token in the file of the token', () => {
    const file = (): string => join(current.world.base, 'token');
    const keyOf = (): string => (JSON.parse(readFileSync(join(current.world.data, 'identity.json'), 'utf8')) as { privateKey: { x: string } }).privateKey.x;
    const running = async () => {
      writeFileSync(file(), 'a-join-token-of-this-test\n');
      const commit = current.world.repository.push({ a: '1' });
      current.world.control.assign({ commit });
      const agent = current.world.agent({ SLUICE_JOIN_TOKEN: '', SLUICE_JOIN_TOKEN_FILE: file(), SLUICE_SYNC_INTERVAL: '1s' });
      await synced(commit);
      return agent;
    };
    const goesOn = async (): Promise<void> => {
      const next = current.world.repository.push({ a: '2' });
      current.world.control.assign({ commit: next });
      await synced(next);
    };

    it('gives a running agent a new key, with which it goes on and reports all again', async () => {
      const agent = await running();
      const before = keyOf();
      current.world.control.tokens.set('a-token-to-rotate-with', {});
      writeFileSync(file(), 'a-token-to-rotate-with');
      await until(() => agent.output().includes('the agent has a new key'), agent.output);
      expect(keyOf()).not.toBe(before);
      expect(current.world.control.tokens.get('a-token-to-rotate-with')).toEqual({ key: keyOf() });
      await goesOn();
      expect(agent.process.exitCode).toBeNull();
      expect(agent.output()).not.toContain('a-token-to-rotate-with');
    });

    it('lets an agent in again that was revoked', async () => {
      const agent = await running();
      current.world.control.revoked = true;
      current.world.control.dropStreams();
      await until(() => agent.output().includes('was revoked'), agent.output);
      current.world.control.tokens.set('a-token-after-revoking', {});
      writeFileSync(file(), 'a-token-after-revoking');
      await until(() => agent.output().includes('the agent has a new key'), agent.output);
      current.world.control.revoked = false;
      await goesOn();
    });

    it('is tried again, with the same new key, while the server does not answer', async () => {
      const agent = await running();
      await current.world.control.stop();
      current.world.control.tokens.set('a-token-for-later-on', {});
      writeFileSync(file(), 'a-token-for-later-on');
      const next = () => readFileSync(join(current.world.data, 'identity.next.json'), 'utf8');
      await until(() => existsSync(join(current.world.data, 'identity.next.json')), agent.output);
      const made = (JSON.parse(next()) as { identity: { privateKey: { x: string } } }).identity.privateKey.x;
      await current.world.control.start();
      await until(() => agent.output().includes('the agent has a new key'), agent.output);
      expect(keyOf()).toBe(made);
      expect(next().trim()).toBe('null');
      await goesOn();
    });

    it('is tried once when it is refused, and the old key goes on', async () => {
      const agent = await running();
      const before = keyOf();
      writeFileSync(file(), 'an-unknown-token-of-this-test');
      await until(() => agent.output().includes('goes on as it was enrolled'), agent.output);
      await goesOn();
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      expect(current.world.control.requests.filter((request) => request.includes('enrol'))).toHaveLength(2);
      expect(keyOf()).toBe(before);
    });

    it('is not lost when the agent was killed after the server had taken the new key', async () => {
      const agent = await running();
      const [identity, enrolment] = ['identity.json', 'enrolment.json'].map((name) => readFileSync(join(current.world.data, name), 'utf8'));
      current.world.control.tokens.set('a-token-to-be-killed-with', {});
      writeFileSync(file(), 'a-token-to-be-killed-with');
      await until(() => agent.output().includes('the agent has a new key'), agent.output);
      await agent.kill('SIGKILL');
      const taken = keyOf();
      // as the folder is between the server's answer and the first write
      writeFileSync(join(current.world.data, 'identity.next.json'), JSON.stringify({ forToken: createHash('sha256').update('a-token-to-be-killed-with').digest('hex'), identity: JSON.parse(readFileSync(join(current.world.data, 'identity.json'), 'utf8')) }));
      writeFileSync(join(current.world.data, 'identity.json'), identity ?? '');
      writeFileSync(join(current.world.data, 'enrolment.json'), enrolment ?? '');
      const again = current.world.agent({ SLUICE_JOIN_TOKEN: '', SLUICE_JOIN_TOKEN_FILE: file() });
      await until(() => again.output().includes('enrolled again'), again.output);
      expect(keyOf()).toBe(taken);
      await goesOn();
    });
  });

  it('tells probes that it lives while it waits, and that it is ready when it has looked', async () => {
    await current.world.control.stop();
    const port = await freePort();
    const probe = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then(({ status }) => status, () => 0);
    const agent = current.world.agent({ SLUICE_HEALTH_PORT: String(port), SLUICE_HEALTH_HOST: '127.0.0.1' });
    await until(() => agent.output().includes('enrolment is tried again'), agent.output);
    expect([await probe('/livez'), await probe('/readyz')]).toEqual([200, 503]);
    const commit = current.world.repository.push({ a: '1' });
    current.world.control.assign({ commit });
    await current.world.control.start();
    await synced(commit);
    expect([await probe('/livez'), await probe('/readyz')]).toEqual([200, 200]);
    expect(await agent.kill()).toBe(0);
  });

  it('waits for a control plane that is not there yet', async () => {
    await current.world.control.stop();
    const commit = current.world.repository.push({ a: '1' });
    current.world.control.assign({ commit });
    const agent = current.world.agent();
    await until(() => agent.output().includes('enrolment is tried again'), agent.output);
    await current.world.control.start();
    await synced(commit);
  });

  it('does not spend the token for a target that is unfit', async () => {
    mkdirSync(current.world.target);
    writeFileSync(join(current.world.target, 'mine'), 'mine');
    const agent = current.world.agent();
    expect(await agent.exit).toBe(5);
    expect(agent.output()).toContain('SLUICE_ADOPT=true');
    expect(current.world.control.requests).toEqual([]);
  });
});

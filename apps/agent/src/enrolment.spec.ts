import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

    it('enrols again with its key, and follows a control plane that counts from the beginning', async () => {
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

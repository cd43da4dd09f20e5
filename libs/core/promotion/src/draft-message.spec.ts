import { applicationName, commitSha, environmentName } from '@sluice/kernel';
import { draftMessage, parseDraftMessage } from './draft-message.js';

const [base, source] = [commitSha('b'.repeat(40)), commitSha('a'.repeat(40))];
const subject = { application: applicationName('checkout'), from: environmentName('dev'), target: environmentName('qa'), source };

describe('the message of a draft', () => {
  it.each([
    { base, resolvers: [{ name: 'Bob <the> builder', email: 'bob@example.org' }] },
    { base, resolvers: [{ name: 'mallory@git.example.org', email: '', login: 'mallory@git.example.org' }] },
    { resolvers: [] },
    { base, bases: [{ application: applicationName('checkout'), base }, { application: applicationName('cart') }], resolvers: [] },
  ])('says what it is a composition of (%#)', (recorded) => {
    expect(parseDraftMessage(draftMessage(subject, recorded))).toEqual({ source, ...recorded });
  });

  it.each(['', 'Resolve conflicts: checkout', `Promote checkout\n\nSluice-Source: dev ${source}`, 'Resolve conflicts: x\n\nSluice-Source: dev aaaa'])('is no other message (%#)', (message) => {
    expect(parseDraftMessage(message)).toBeUndefined();
  });
});

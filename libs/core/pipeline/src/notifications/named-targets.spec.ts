import { namedTargets } from './named-targets.js';

const places = (text: string) => namedTargets(text).map(({ target, line, column, at }) => `${line}:${column} ${target} at ${at}`);

describe('the targets that a pipeline file names', () => {
  it('are found where each is written', () => {
    const text = `spec:
  notifications:
    - { on: ["*"], to: ["slack:#ops", "mail:ops@example.org"] }
    - on: [live]
      to:
        - webhook:audit
`;
    expect(places(text)).toEqual([
      '3:25 slack:#ops at spec.notifications[0].to[0]',
      '3:39 mail:ops@example.org at spec.notifications[0].to[1]',
      '6:11 webhook:audit at spec.notifications[1].to[0]',
    ]);
  });

  it('are found where an alias brings them', () => {
    expect(places('spec:\n  notifications:\n    - { on: [live], to: &all ["webhook:audit"] }\n    - { on: [merged], to: *all }\n')).toEqual(['3:31 webhook:audit at spec.notifications[0].to[0]', '3:31 webhook:audit at spec.notifications[1].to[0]']);
  });

  it.each([
    ['what is no target', 'spec: { notifications: [{ to: ["pigeon:loft", 7, "webhook:audit"] }] }', ['webhook:audit']],
    ['a rule that is none', 'spec: { notifications: [null, 5, { to: no }, { to: ["webhook:audit"] }] }', ['webhook:audit']],
    ['what is wrong elsewhere', 'spec: { environments: 7, notifications: [{ to: ["webhook:audit"] }] }', ['webhook:audit']],
    ['notifications that are none', 'spec: { notifications: all }', []],
    ['a file that says nothing', '', []],
    ['a file that is no YAML', 'spec: [', []],
  ])('do not stumble over %s', (_title, text, targets) => {
    expect(namedTargets(text).map(({ target }) => target)).toEqual(targets);
  });
});

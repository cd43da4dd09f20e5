import { parsePipeline } from './parse-pipeline.js';
import { findingsOf, withEnvironments } from './pipeline-text.fixture.js';

const prod = (line: string) => withEnvironments(`    - name: dev\n    - name: prod\n      from: [dev]\n      ${line}\n`);

describe('windows, freezes and the emergency policy', () => {
  it('are kept with every default filled in', () => {
    const { pipeline, diagnostics } = parsePipeline(
      prod(`windows:
        - { deny: "Fri 15:00-Mon 08:00", timezone: Europe/Berlin }
        - { allow: "0 9 * * 1-5 for 8h" }
      gates:
        - { name: nights, type: window, deny: "22:00-06:00", timezone: Asia/Tokyo }
        - { name: christmas, type: freeze, from: 2026-12-20T18:00, until: "2027-01-04T08:00", timezone: Europe/Berlin, reason: end of the year }
        - { name: audit, type: freeze, until: 2026-06-01T00:00+02:00, reason: audit }
      emergency: { required: 2, from: [group:sre], also: [approvals] }`),
    );
    expect(diagnostics).toEqual([]);
    expect(pipeline?.environments[1]).toMatchObject({
      windows: [
        { effect: 'deny', text: 'Fri 15:00-Mon 08:00', timezone: 'Europe/Berlin', times: { kind: 'weekly', weekdays: [5], from: 900, days: 3, to: 480 } },
        { effect: 'allow', text: '0 9 * * 1-5 for 8h', timezone: 'UTC', times: { kind: 'cron', cron: '0 9 * * 1-5', duration: 28_800_000 } },
      ],
      gates: [
        { name: 'nights', type: 'window', rule: { effect: 'deny', text: '22:00-06:00', timezone: 'Asia/Tokyo' } },
        { name: 'christmas', type: 'freeze', from: Date.parse('2026-12-20T17:00Z'), until: Date.parse('2027-01-04T07:00Z'), timezone: 'Europe/Berlin', reason: 'end of the year' },
        { name: 'audit', type: 'freeze', until: Date.parse('2026-05-31T22:00Z'), timezone: 'UTC', reason: 'audit' },
      ],
      emergency: { required: 2, from: [{ kind: 'group', name: 'sre' }], also: ['approvals'] },
    });
  });

  it.each([
    ['windows: [{ deny: "Fri 15:00-Mod 08:00" }]', '9:25 spec.environments[1].windows[0].deny: "Mod" is not a weekday: Mon, Tue, Wed, Thu, Fri, Sat, Sun'],
    ['windows: [{ deny: "22:00-06:00", timezone: Europe/Berln }]', '9:50 spec.environments[1].windows[0].timezone: there is no time zone "Europe/Berln"; did you mean "Europe/Berlin"?'],
    ['windows: [{ deny: "22:00-06:00", timezone: "+01:00" }]', '9:50 spec.environments[1].windows[0].timezone: there is no time zone "+01:00"; names are such as Europe/Berlin or UTC'],
    ['windows: [{ deny: "Sat", allow: "Mon" }]', '9:17 spec.environments[1].windows[0]: needs either "deny" or "allow"'],
    ['windows: [{ timezone: UTC }]', '9:17 spec.environments[1].windows[0]: needs either "deny" or "allow"'],
    ['windows: []', '9:7 spec.environments[1].windows: must not be empty'],
    ['gates: [{ name: a, type: window }]', '9:15 spec.environments[1].gates[0]: needs either "deny" or "allow"'],
    ['gates: [{ name: a, type: window, allow: "0 9 * * 8 for 1h" }]', expect.stringContaining('9:47 spec.environments[1].gates[0].allow: "0 9 * * 8" is not a cron expression')],
    ['gates: [{ name: a, type: freeze, reason: b }]', '9:15 spec.environments[1].gates[0].until: "until" is missing'],
    ['gates: [{ name: a, type: freeze, until: 2026-12-24 }]', '9:15 spec.environments[1].gates[0].reason: "reason" is missing'],
    ['gates: [{ name: a, type: freeze, until: soon, reason: b }]', '9:47 spec.environments[1].gates[0].until: must be a time such as "2026-12-24", "2026-12-24T18:00" or "2026-12-24T18:00+01:00"'],
    ['gates: [{ name: a, type: freeze, from: 2026-12-24, until: 2026-12-24, reason: b }]', '9:65 spec.environments[1].gates[0].until: ends before it begins'],
    ['gates: [{ name: windows, type: manual }]', `9:23 spec.environments[1].gates[0].name: "windows" is a name of Sluice's own (adoption, approvals, branch, emergency, freeze, ready, rollout, tampered, target, windows); call the gate otherwise`],
    ['emergency: { required: 1 }', '9:7 spec.environments[1].emergency.from: "from" is missing'],
    ['emergency: { required: 1, from: [group:sre], also: [branch] }', '9:59 spec.environments[1].emergency.also[0]: must be one of "approvals", "adoption", not "branch"'],
  ])('%s is refused', (line, finding) => {
    expect(findingsOf(prod(line))).toEqual([finding]);
  });

  it('windows of a first environment are refused: they would look like protection and be none', () => {
    expect(findingsOf(withEnvironments('    - name: dev\n      windows: [{ deny: Sat }]\n'))).toEqual([
      '7:7 spec.environments[0].windows: "dev" has no "from", so nothing is promoted into it at any time; add "from" or remove "windows"',
    ]);
  });
});

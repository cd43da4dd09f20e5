import { findingsOf, withEnvironments } from './pipeline-text.fixture.js';

const DEV = '    - name: dev\n';

describe('environments are refused', () => {
  it.each([
    ['of the same name', '    - name: dev\n      branch: one\n', '7:13 spec.environments[1].name: the environment name "dev" is used twice'],
    ['on the same branch', '    - { name: qa, branch: dev, from: [dev] }\n', '7:27 spec.environments[1].branch: the branch "dev" is used twice'],
    ['with a name that is no DNS label', '    - { name: "Q A", from: [dev] }\n', '7:15 spec.environments[1].name: must be a DNS label: lower-case letters, digits and "-", at most 63, beginning and ending with a letter or digit'],
    ['with a name that is a number', '    - { name: 7, from: [dev] }\n', '7:15 spec.environments[1].name: must be a text, not 7; put it in double quotes'],
    ['without a name', '    - { from: [dev] }\n', '7:7 spec.environments[1].name: "name" is missing'],
    ['from an unknown source', '    - { name: qa, from: [dve] }\n', '7:26 spec.environments[1].from[0]: there is no environment "dve"; did you mean "dev"?'],
    ['from themselves', '    - { name: qa, from: [qa] }\n', '7:19 spec.environments[1].from: environments form a cycle: qa → qa'],
    ['with a source that is no list', '    - { name: qa, from: dev }\n', '7:25 spec.environments[1].from: must be a list of environments, or { any: [...] }'],
    ['with a misspelt key', '    - { name: qa, form: [dev] }\n', '7:19 spec.environments[1].form: unknown key "form"; did you mean "from"?'],
    ['with an unknown key', '    - { name: qa, from: [dev], zzz: 1 }\n', '7:32 spec.environments[1].zzz: unknown key "zzz" (known: name, branch, from, directPush, drift, merge, onNewSource, gates, approvals, windows, rollout, emergency)'],
    ['with an unknown choice', '    - { name: qa, from: [dev], merge: atuo }\n', '7:39 spec.environments[1].merge: must be one of "auto", "manual", not "atuo"; did you mean "auto"?'],
    ['with unknown drift', '    - { name: qa, from: [dev], drift: maybe }\n', '7:39 spec.environments[1].drift: must be "revert", "report", or { mode, ignore }'],
    ['with an unknown mode of drift', '    - { name: qa, from: [dev], drift: { mode: maybe } }\n', '7:47 spec.environments[1].drift.mode: must be one of "revert", "report", not "maybe"'],
    ['with drift that ignores no field', '    - { name: qa, from: [dev], drift: { ignore: [{ kind: Pod, fields: [] }] } }\n', '7:63 spec.environments[1].drift.ignore[0].fields: must not be empty'],
    ['with drift that ignores what is no field', '    - { name: qa, from: [dev], drift: { ignore: [{ fields: [spec..x] }] } }\n', '7:61 spec.environments[1].drift.ignore[0].fields[0]: field path a key is expected at "..x"; write other keys as ["a.b/c"]'],
    ['with an unknown key of drift', '    - { name: qa, from: [dev], drift: { ignored: [] } }\n', '7:41 spec.environments[1].drift.ignored: unknown key "ignored"; did you mean "ignore"?'],
    ['with a branch of Sluice', '    - { name: qa, from: [dev], branch: sluice/x }\n', '7:40 spec.environments[1].branch: branches below "sluice/" belong to Sluice'],
    ['with a full ref', '    - { name: qa, from: [dev], branch: refs/heads/x }\n', '7:40 spec.environments[1].branch: write the branch without "refs/heads/"'],
    ['with a branch that git refuses', '    - { name: qa, from: [dev], branch: "a..b" }\n', '7:40 spec.environments[1].branch: is not a valid name of a git branch'],
    ['with nothing after a key', '    - name: qa\n      from: [dev]\n      gates:\n', '9:13 spec.environments[1].gates: must be a list, but nothing is written here'],
  ])('%s', (_, item, finding) => {
    expect(findingsOf(withEnvironments(DEV + item))).toContain(finding);
  });

  it('when there are none', () => {
    expect(findingsOf(withEnvironments('    []\n'))).toEqual(['5:3 spec.environments: must not be empty']);
  });

  it('when they form a cycle, which is named once', () => {
    expect(findingsOf(withEnvironments('    - { name: a, from: [c] }\n    - { name: b, from: [a] }\n    - { name: c, from: [b] }\n'))).toEqual([
      '6:18 spec.environments[0].from: environments form a cycle: a → b → c → a',
    ]);
  });

  it('when a first environment has gates or approvals', () => {
    const gates = '[{ name: a, type: manual }, { name: b, type: health }]';
    expect(findingsOf(withEnvironments(`    - name: dev\n      gates: ${gates}\n      approvals: { required: 1 }\n`))).toEqual([
      '7:32 spec.environments[0].gates[0].type: "dev" has no "from", so nothing is promoted into it and its gates are never asked; add "from" or remove the gate',
      '7:59 spec.environments[0].gates[1].type: a health gate asks the agents of the source environment, but "dev" has no "from"; add "from" or remove the gate',
      '8:7 spec.environments[0].approvals: "dev" has no "from", so nothing is promoted into it and nobody is asked to approve; add "from" or remove "approvals"',
    ]);
  });
});

describe('gates are refused', () => {
  const KNOWN = 'check, health, manual, window, freeze, test, http, policy, secrets, signature, images';
  it.each([
    ['{ name: a, type: helth }', `10:28 spec.environments[1].gates[0].type: unknown gate type "helth" (known: ${KNOWN}); did you mean "health"?`],
    ['{ name: a, type: quorum }', `10:28 spec.environments[1].gates[0].type: unknown gate type "quorum" (known: ${KNOWN})`],
    ['{ name: a }', '10:11 spec.environments[1].gates[0].type: "type" is missing'],
    ['{ name: a, type: check }', '10:11 spec.environments[1].gates[0].context: "context" is missing'],
    ['{ name: a, type: check, contxt: x, context: y }', '10:35 spec.environments[1].gates[0].contxt: unknown key "contxt"; did you mean "context"?'],
    ['{ name: a, type: health, soak: ten minutes }', '10:42 spec.environments[1].gates[0].soak: must be a duration such as "90s", "10m", "1h30m" or "2d"'],
    ['{ name: a, type: health, soak: 99999999999999999d }', '10:42 spec.environments[1].gates[0].soak: is too long a time'],
    ['{ name: a, type: manual, from: [sre] }', '10:43 spec.environments[1].gates[0].from[0]: must be "person:<name>", "group:<name>" or "*" (everybody who is signed in)'],
    ['{ name: a, type: manual, from: [] }', '10:36 spec.environments[1].gates[0].from: must not be empty'],
    ['{ name: a, type: policy }', '10:11 spec.environments[1].gates[0].validations: "validations" is missing'],
    ['{ name: a, type: policy, validations: [{ expression: "objects.all(o, p.x)", message: m }] }', '10:64 spec.environments[1].gates[0].validations[0].expression: is no valid CEL expression at character 16: Unknown variable: p'],
    ['{ name: a, type: policy, validations: [{ expression: "size(objects)", message: m }] }', '10:64 spec.environments[1].gates[0].validations[0].expression: is no valid CEL expression: gives int, but must give true or false'],
    ['{ name: a, type: secrets, allow: ["a/b/c"] }', '10:45 spec.environments[1].gates[0].allow[0]: must be "namespace/name" or "name", with "*" and "?"'],
    ['{ name: a, type: signature, keys: ["ssh-dss AAAA"] }', '10:46 spec.environments[1].gates[0].keys[0]: must be a line such as "ssh-ed25519 AAAA… comment" (ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, sk-ssh-ed25519@openssh.com, sk-ecdsa-sha2-nistp256@openssh.com) or a PGP public key block'],
    ['{ name: a, type: signature, keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE"] }', '10:46 spec.environments[1].gates[0].keys[0]: is no key of the type ssh-ed25519'],
    ['{ name: a, type: signature, keys: ["-----BEGIN OPENSSH PRIVATE KEY-----"] }', '10:46 spec.environments[1].gates[0].keys[0]: is a private key: whoever can read this file can now sign with it; renew it, and write the public key here'],
    ['{ name: a, type: http, url: "https://ada:x@b.example", secret: B }', '10:39 spec.environments[1].gates[0].url: must not have credentials in it: requests are signed'],
    ['{ name: a, type: http, url: "ftp://b.example", secret: B }', '10:39 spec.environments[1].gates[0].url: must be an address that begins with https:// (or http://)'],
    ['{ name: a, type: http, url: "https://b.example" }', '10:11 spec.environments[1].gates[0].secret: "secret" is missing'],
    ['{ name: a, type: http, url: "https://b.example", secret: "so secret" }', '10:68 spec.environments[1].gates[0].secret: must be the name of a secret of the server: capital letters, digits and "_"; not the secret itself'],
    ['{ name: a, type: http, url: "https://b.example", secret: B, timeout: 400d }', '10:80 spec.environments[1].gates[0].timeout: must be between 1m and 90d'],
    ['{ name: a, type: images, x: 1 }', '10:36 spec.environments[1].gates[0].x: unknown key "x" (known: name, type)'],
    ['manual', '10:11 spec.environments[1].gates[0]: must be a map, not the text "manual"'],
    ['{ name: a, type: test }', '10:11 spec.environments[1].gates[0].test: "test" is missing'],
    ['{ name: a, type: test, test: smoke }', '10:40 spec.environments[1].gates[0].test: there is no test "smoke"; write it under spec.tests'],
  ])('%s', (gate, finding) => {
    expect(findingsOf(withEnvironments(`    - name: dev\n    - name: qa\n      from: [dev]\n      gates:\n        - ${gate}\n`))).toEqual([finding]);
  });

  it('of the same name in one environment', () => {
    const gates = '[{ name: a, type: manual }, { name: a, type: health }]';
    expect(findingsOf(withEnvironments(`    - name: dev\n    - { name: qa, from: [dev], gates: ${gates} }\n`))).toEqual([
      '7:75 spec.environments[1].gates[1].name: the gate name "a" is used twice',
    ]);
  });
});

describe('approvals are refused', () => {
  it.each([
    ['{ required: 0 }', '7:55 spec.environments[1].approvals.required: must be at least 1'],
    ['{ required: 1.5 }', '7:55 spec.environments[1].approvals.required: must be a whole number, not 1.5'],
    ['{ from: ["*"] }', '7:32 spec.environments[1].approvals.required: "required" is missing'],
    ['{ required: 1, from: ["group:"] }', '7:65 spec.environments[1].approvals.from[0]: must be "person:<name>", "group:<name>" or "*" (everybody who is signed in)'],
    ['{ required: 1, excludeAuthors: yes }', '7:74 spec.environments[1].approvals.excludeAuthors: must be true or false, not the text "yes"'],
  ])('%s', (approvals, finding) => {
    expect(findingsOf(withEnvironments(`    - name: dev\n    - { name: qa, from: [dev], approvals: ${approvals} }\n`))).toEqual([finding]);
  });
});

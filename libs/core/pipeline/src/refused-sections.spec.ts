import { findingsOf, withSections } from './pipeline-text.fixture.js';

describe('applications are refused', () => {
  it.each([
    ['that overlap', '- { name: a, paths: ["apps/**"] }', '- { name: b, paths: ["apps/*/b.yaml"] }', '10:26 spec.applications[1].paths[0]: "apps/*/b.yaml" of application "b" overlaps with "apps/**" of application "a", for instance in apps/x/b.yaml; every file belongs to one application'],
    ['that overlap without a literal beginning', '- { name: a, paths: ["**/env/**"] }', '- { name: b, paths: ["apps/**"] }', '10:26 spec.applications[1].paths[0]: "apps/**" of application "b" overlaps with "**/env/**" of application "a", for instance in apps/env; every file belongs to one application'],
    ['whose earlier one has the narrower path', '- { name: a, paths: ["apps/a/x.yaml"] }', '- { name: b, paths: ["apps/a/*"] }', '10:26 spec.applications[1].paths[0]: "apps/a/*" of application "b" overlaps with "apps/a/x.yaml" of application "a", for instance in apps/a/x.yaml; every file belongs to one application'],
    ['of the same name', '- { name: a, paths: ["a/**"] }', '- { name: a, paths: ["b/**"] }', '10:15 spec.applications[1].name: the application name "a" is used twice'],
    ['without paths', '- { name: a, paths: ["a/**"] }', '- { name: b }', '10:7 spec.applications[1].paths: "paths" is missing'],
    ['with an absolute path', '- { name: a, paths: ["a/**"] }', '- { name: b, paths: ["/b/**"] }', '10:26 spec.applications[1].paths[0]: is absolute; paths count from the root of the repository, so leave out the first "/"'],
    ['with a path that leaves the tree', '- { name: a, paths: ["a/**"] }', '- { name: b, paths: ["../b/**"] }', '10:26 spec.applications[1].paths[0]: "." and ".." are not allowed; paths count from the root of the repository'],
    ['that own the pipeline file', '- { name: a, paths: ["a/**"] }', '- { name: b, paths: ["sluice.yaml"] }', '10:26 spec.applications[1].paths[0]: "sluice.yaml" is Sluice\'s own: .sluice/** and sluice.yaml belong to no application and no environment'],
    ['that own ledgers', '- { name: a, paths: ["a/**"] }', '- { name: b, paths: [".sluice/**"] }', '10:26 spec.applications[1].paths[0]: ".sluice/**" is Sluice\'s own: .sluice/** and sluice.yaml belong to no application and no environment'],
  ])('%s', (_, first, second, finding) => {
    expect(findingsOf(withSections(`  applications:\n    ${first}\n    ${second}\n`)).join('\n')).toBe(finding);
  });

  it('but not when they lie side by side', () => {
    expect(findingsOf(withSections('  applications:\n    - { name: a, paths: ["apps/a/**", "apps/*.yaml"] }\n    - { name: b, paths: ["apps/b/**", "apps/*.json"] }\n'))).toEqual([]);
  });
});

describe('ownership rules are refused', () => {
  it.each([
    ['{ part: registry, path: a }', '9:15 spec.environmentOwned[0].part: "part" needs "fields": it narrows what is kept of them'],
    ['{ fields: [spec.replicas] }', '9:9 spec.environmentOwned[0].fields: "fields" needs "kind" or "path": whose fields are they?'],
    ['{ kind: Deployment }', '9:15 spec.environmentOwned[0].kind: "kind" needs "fields": objects cannot be owned whole; own files by "path"'],
    ['{ environments: [qa] }', '9:7 spec.environmentOwned[0]: needs "path", or "kind" with "fields"'],
    ['{ path: "a/**", environments: [pord, qa] }', '9:38 spec.environmentOwned[0].environments[0]: there is no environment "pord"'],
    ['{ path: ".sluice/qa/**" }', '9:15 spec.environmentOwned[0].path: ".sluice/qa/**" is Sluice\'s own: .sluice/** and sluice.yaml belong to no application and no environment'],
    ['{ path: "a/{b,c}" }', '9:15 spec.environmentOwned[0].path: "{" is not supported: only "*", "?" and "**" are special; write one glob for each case, or "?" for that character itself'],
    ['{ kind: Deployment, fields: [spec..x] }', '9:36 spec.environmentOwned[0].fields[0]: field path a key is expected at "..x"; write other keys as ["a.b/c"]'],
    ['{ kind: Deployment, fields: [spec.replicas], part: tag }', '9:58 spec.environmentOwned[0].part: must be "registry", not "tag"'],
  ])('%s', (rule, finding) => {
    expect(findingsOf(withSections(`  environmentOwned:\n    - ${rule}\n`))).toEqual([finding]);
  });
});

describe('roles are refused', () => {
  it.each([
    ['{ role: boss, who: ["*"] }', '9:15 spec.roles[0].role: must be one of "viewer", "promoter", "approver", "admin", not "boss"'],
    ['{ role: viewer, who: [ada] }', '9:29 spec.roles[0].who[0]: must be "person:<name>", "group:<name>" or "*" (everybody who is signed in)'],
    ['{ role: viewer, who: ["*"], environments: [q] }', '9:50 spec.roles[0].environments[0]: there is no environment "q"; did you mean "qa"?'],
    ['{ role: viewer, who: ["*"], applications: [checkout] }', '9:50 spec.roles[0].applications[0]: there is no application "checkout"'],
  ])('%s', (role, finding) => {
    expect(findingsOf(withSections(`  roles:\n    - ${role}\n`))).toEqual([finding]);
  });
});

describe('notifications are refused', () => {
  it.each([
    ['{ on: [degrade], to: ["slack:#ops"] }', /^9:14 spec\.notifications\[0\]\.on\[0\]: must be one of .*"degraded".*, not "degrade"/],
    ['{ on: [degraded], to: ["slack:ops"] }', /^9:30 spec\.notifications\[0\]\.to\[0\]: must be "slack:#channel", "mail:somebody@example\.org" or "webhook:<name>"/],
    ['{ on: [degraded], to: ["https://hooks.example.org/x"] }', /^9:30 spec\.notifications\[0\]\.to\[0\]: must be/],
    ['{ on: [degraded], to: ["mail:a@example.org, b@example.org"] }', /^9:30 spec\.notifications\[0\]\.to\[0\]: must be/],
    ['{ on: [degraded], to: [] }', /^9:25 spec\.notifications\[0\]\.to: must not be empty/],
    ['{ on: ["*"], to: ["slack:#ops"], digest: often }', /^9:48 spec\.notifications\[0\]\.digest: must be a duration such as "15m", or "daily 09:00"/],
    ['{ on: ["*"], to: ["slack:#ops"], digest: 10s }', /^9:48 spec\.notifications\[0\]\.digest: must be from 1m to 24h/],
    ['{ on: ["*"], to: ["slack:#ops"], digest: "daily 25:00" }', /^9:48 spec\.notifications\[0\]\.digest: "25:00" is no time of day/],
    ['{ on: ["*"], to: ["slack:#ops"], digest: "daily 09:00 Europe/Berln" }', /did you mean "Europe\/Berlin"/],
    ['{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["late"] } }', /^9:57 spec\.notifications\[0\]\.quiet\.times\[0\]: /],
    ['{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["Sat,Sun"], timezone: Berlin } }', /spec\.notifications\[0\]\.quiet\.timezone: there is no time zone "Berlin"/],
    ['{ on: ["*"], to: ["slack:#ops"], environments: [q] }', /spec\.notifications\[0\]\.environments\[0\]: there is no environment "q"; did you mean "qa"\?/],
    ['{ on: ["*"], to: ["slack:#ops"], applications: [x] }', /spec\.notifications\[0\]\.applications\[0\]: there is no application "x"/],
    ['{ on: ["*"], to: ["slack:#ops"], when: now }', /"when"/],
  ])('%s', (rule, finding) => {
    const found = findingsOf(withSections(`  notifications:\n    - ${rule}\n`));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(finding);
  });
});

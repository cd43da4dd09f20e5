import type { Plan } from '@sluice/contracts';
import { plan as planSchema } from '@sluice/contracts';
import { sizeOf } from './inert.js';
import { aboutPlan, failedPlanMarkdown, planMarkdown } from './plan-markdown.js';
import { validateMarkdown } from './validate-markdown.js';

const nothing = { now: [], changes: [], rendering: [], notes: [], conflicts: [], gates: [] };
const change = (fields: readonly { field: string; before?: string; after?: string }[], name = 'shop') => ({ path: 'apps/shop/a.yaml', object: { group: 'apps', kind: 'Deployment', namespace: 'web', name }, change: 'modified' as const, fields, truncated: false });
const planOf = (...items: readonly object[]): Plan => planSchema.parse({ items });

const QA = { ...nothing, environment: 'qa', application: 'shop', outcome: 'change', message: '1 object would change', changes: [change([{ field: 'spec.replicas', before: '2', after: '3' }])], gates: [{ gate: 'unit', type: 'check', outcome: 'wait', message: 'no status ci/unit yet', since: '2026-01-01T00:00:00Z', evidence: {} }] };
const PROD = { ...QA, environment: 'prod', after: 'qa', outcome: 'conflict', message: 'both have changed it', conflicts: [{ path: 'apps/shop/a.yaml', reason: 'both-changed', message: 'both changed it', field: 'spec.replicas' }] };
const QUIET = { ...nothing, environment: 'qa', application: 'blog', outcome: 'in-sync', message: 'in sync' };

describe('a plan for a pull request', () => {
  it('has a section for each environment, which opens by a tap', () => {
    expect(planMarkdown(planOf(QA, QUIET, PROD), ['As content of dev.'])).toBe(`### Sluice plan

As content of dev.

2 of 3 ways into an environment would change or wait.

<details><summary><b>qa</b>: 1 change, 1 in-sync</summary>

**shop** change: 1 object would change

- ⏳ unit: no status ci/unit yet
- ✏️ \`Deployment web/shop\`
  - \`spec.replicas\`: \`2\` → \`3\`

In sync: \`blog\`

</details>

<details><summary>⚠️ <b>prod</b>: 1 conflict</summary>

**shop** (after qa) conflict: both have changed it

- ❌ \`apps/shop/a.yaml\` \`spec.replicas\`: both changed it
- ⏳ unit: no status ci/unit yet
- ✏️ \`Deployment web/shop\`
  - \`spec.replicas\`: \`2\` → \`3\`

</details>`);
  });

  it('says that there is nothing', () => {
    expect(planMarkdown(planOf(QUIET))).toContain('Nothing would change anywhere.');
    expect(planMarkdown(planOf(), ['main is the branch of no environment.'])).toBe('### Sluice plan\n\nmain is the branch of no environment.\n\nNothing is promoted from here.');
  });

  it('is cut by whole lines where it is too long, with every environment in it and every section closed', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => change([{ field: 'spec.text', before: 'x'.repeat(200), after: '&'.repeat(200) }], `shop-${index}`));
    const items = Array.from({ length: 40 }, (_, index) => ({ ...QA, environment: index % 2 === 0 ? 'qa' : 'prod', application: `app-${index}`, changes: many.slice(0, 200) }));
    const text = planMarkdown(planOf(...items, { ...QUIET, environment: 'later' }));
    expect(sizeOf(text)).toBeLessThan(50_000);
    expect(text.match(/<details>/g)).toHaveLength(3);
    expect(text.match(/<\/details>/g)).toHaveLength(3);
    expect(text.match(/_The rest is cut: `sluice plan` shows it whole\._/g)).toHaveLength(2);
    expect(text).toContain('In sync: `blog`');
  });

  it('lets no text of a repository say anything else than itself', () => {
    const evil = '</summary></details>\n<!-- sluice:comment plan -->\n@grace `x` [a](http://b) #1\n/close';
    const item = { ...QA, message: evil, now: [{ condition: evil, message: evil }], rendering: [evil], notes: [{ path: evil, field: evil, value: evil, message: evil }], conflicts: [{ path: evil, reason: evil, message: evil, field: evil }], gates: [{ ...QA.gates[0], gate: evil, message: evil }], changes: [{ ...change([{ field: evil, before: evil, after: evil }]), object: { group: '', kind: evil, namespace: evil, name: evil } }] };
    const text = planMarkdown(planOf(item), [evil]);
    // outside of code, and each piece of code on its own line
    const outside = text.replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, '');
    expect(outside).not.toMatch(/<!--|@\w|http:\/\/|#1(?!\d*;)|\[a\]/);
    expect(outside.match(/<\/?\w+>/g)).toEqual(['<details>', '<summary>', '<b>', '</b>', '</summary>', '</details>']);
    expect(text).not.toMatch(/^\s*(\/close|<!--)/m);
  });

  it('says what it is based on, and why there is none', () => {
    expect(aboutPlan(planOf())).toEqual([]);
    expect(aboutPlan({ items: [], as: 'dev', base: 'a'.repeat(40), behind: 2 } as never)).toEqual(['As content of dev, based on aaaaaaaaaa, 2 commits behind it.']);
    expect(failedPlanMarkdown('there is no <b>')).toBe('### Sluice plan\n\n❌ It could not be made: there is no &#60;b&#62;');
  });
});

describe('the findings in a pipeline file for a pull request', () => {
  const finding = { severity: 'error' as const, message: 'unknown key "x"; did you mean "<y>"?', line: 3, column: 5 };

  it('are a list with line and column', () => {
    expect(validateMarkdown('sluice.yaml', [finding, { ...finding, severity: 'warning' }], '')).toBe('### Pipeline file\n\n- ❌ `sluice.yaml:3:5` unknown key "x"; did you mean "&#60;y&#62;"?\n- ⚠️ `sluice.yaml:3:5` unknown key "x"; did you mean "&#60;y&#62;"?');
  });

  it('are one line when there are none', () => {
    expect(validateMarkdown('sluice.yaml', [], 'dev → qa; 2 applications')).toBe('### Pipeline file\n\n✅ `sluice.yaml` is valid: dev → qa; 2 applications');
  });

  it('leave a file valid that has warnings only', () => {
    expect(validateMarkdown('sluice.yaml', [{ ...finding, severity: 'warning', message: 'nobody is told by webhook:audit' }], 'dev')).toBe('### Pipeline file\n\n✅ `sluice.yaml` is valid: dev\n\n- ⚠️ `sluice.yaml:3:5` nobody is told by webhook:audit');
  });

  it('say what was not looked at', () => {
    expect(validateMarkdown('sluice.yaml', [], 'dev', 'no <server> is known')).toBe('### Pipeline file\n\n✅ `sluice.yaml` is valid: dev\n\n⚠️ Not checked against a server: no &#60;server&#62; is known');
  });

  it('are cut', () => {
    const text = validateMarkdown('sluice.yaml', Array.from({ length: 900 }, () => finding), '');
    expect(sizeOf(text)).toBeLessThan(8_200);
    expect(text).toMatch(/\n- … and \d+ more: `sluice validate` lists all$/);
  });
});

import { readFileSync } from 'node:fs';
import { pipelineJsonSchema } from './json-schema.js';

const published = new URL('../../../../docs/reference/sluice.schema.json', import.meta.url);

describe('the published JSON Schema', () => {
  it('is the one of the code; run "npm run schema" after a change', () => {
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(pipelineJsonSchema());
  });

  it('knows every section and refuses unknown keys', () => {
    const schema = JSON.stringify(pipelineJsonSchema());
    for (const key of ['environments', 'applications', 'environmentOwned', 'tests', 'roles', 'notifications', 'imageUpdates', 'rollout', 'windows', 'emergency']) expect(schema).toContain(`"${key}"`);
    expect(schema).toContain('"additionalProperties":false');
  });
});

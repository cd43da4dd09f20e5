// Writes docs/reference/sluice.schema.json from the schema in the code: `npm run schema`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { pipelineJsonSchema } from '@sluice/pipeline';

const target = new URL('../docs/reference/sluice.schema.json', import.meta.url);
mkdirSync(new URL('.', target), { recursive: true });
writeFileSync(target, `${JSON.stringify(pipelineJsonSchema(), null, 2)}\n`);

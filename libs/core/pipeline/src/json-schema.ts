import { z } from 'zod';
import { pipelineFile } from './schema/pipeline-file.js';

/** JSON Schema (draft 7, which editors understand best) of `sluice.yaml`. It knows shapes only: `sluice validate` knows every rule. */
export function pipelineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(pipelineFile, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'Sluice pipeline', description: 'How content moves through environments: sluice.yaml, apiVersion sluice.dev/v1.' };
}

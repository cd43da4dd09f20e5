import { z } from 'zod';
import { InvalidEnvironment, parseEnvironment } from './environment.js';

const schema = z.object({ PORT: z.coerce.number().int().default(8080), KEY: z.string().min(8, 'at least 8 characters').optional() });

describe('parseEnvironment', () => {
  it('fills in defaults', () => {
    expect(parseEnvironment(schema, {})).toEqual({ PORT: 8080 });
  });

  it('treats an empty variable as one that is not set', () => {
    expect(parseEnvironment(schema, { PORT: '', KEY: '' })).toEqual({ PORT: 8080 });
  });

  it('names every variable that is wrong and shows no value', () => {
    const failure = () => parseEnvironment(schema, { PORT: 'many', KEY: 'hunter2' });
    expect(failure).toThrow(InvalidEnvironment);
    expect(failure).toThrow(/PORT: [\s\S]*KEY: at least 8 characters/);
    expect(failure).not.toThrow(/hunter2/);
  });
});

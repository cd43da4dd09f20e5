import { z } from 'zod';
import type { Route } from './routes.js';

/** Where in a request a route reads something from. */
type Part = 'params' | 'query' | 'body';

/** How a route names what it is about; `promotion`: environment and applications by the id of a promotion. */
export interface NamedPlace {
  readonly repository?: Part;
  readonly environment?: Part;
  readonly application?: Part;
  readonly promotion?: true;
}

const PARTS: readonly Part[] = ['params', 'query', 'body'];

/** What a route's schemas name of a place. A key that a schema does not have says nothing: the route does not look at it. */
export function placeOf(route: Pick<Route, Part>): NamedPlace {
  const partWith = (key: string): Part | undefined => PARTS.find((part) => keysOf(route[part]).includes(key));
  const [repository, environment, application] = [partWith('repository'), partWith('environment'), partWith('application')];
  return { ...(repository && { repository }), ...(environment && { environment }), ...(application && { application }), ...(keysOf(route.params).includes('promotion') && { promotion: true }) };
}

function keysOf(schema: z.ZodType | undefined): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

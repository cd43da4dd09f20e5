import { API } from '@sluice/contracts';
import { Conflict, InvalidInput, NotFound } from '@sluice/kernel';
import type { SluiceApi } from '../sluice/sluice-api.js';
import type { TypedPlace } from './parse-command.js';

/** What one repository has. */
export interface Place {
  readonly repository: string;
  readonly applications: readonly string[];
  readonly environments: readonly string[];
  /** Environments that something is promoted to. */
  readonly targets: readonly string[];
}

const FRESH = 15_000;

/** Which applications and environments there are. Remembered for some seconds: people type in bursts. */
export class Places {
  private known: { readonly at: number; readonly places: Promise<readonly Place[]> } | undefined;

  constructor(private readonly api: SluiceApi) {}

  async all(): Promise<readonly Place[]> {
    if (this.known && Date.now() - this.known.at < FRESH) return this.known.places;
    const places = this.read();
    this.known = { at: Date.now(), places };
    places.catch(() => (this.known = undefined));
    return places;
  }

  private async read(): Promise<readonly Place[]> {
    const { items } = await this.api.call(API.repositories);
    return Promise.all(
      items.map(async ({ id }): Promise<Place> => {
        const matrix = await this.api.call(API.matrix, { params: { repository: id } }).catch((error: unknown) => {
          // a repository without a pipeline has no matrix yet
          if (error instanceof NotFound || error instanceof Conflict) return undefined;
          throw error;
        });
        const environments = matrix?.environments ?? [];
        return { repository: id, applications: matrix?.applications ?? [], environments: environments.map(({ name }) => name), targets: environments.filter(({ from }) => from.length > 0).map(({ name }) => name) };
      }),
    );
  }

  /** The repository that is meant. `typed`: what of it somebody typed, for the choice. @throws NotFound, or InvalidInput when several could be. */
  async find({ repository, application, environment }: Partial<TypedPlace>, typed = application ?? environment ?? 'APPLICATION'): Promise<Place> {
    const fits = (place: Place): boolean => (repository === undefined || place.repository === repository) && (application === undefined || place.applications.includes(application)) && (environment === undefined || place.environments.includes(environment));
    const found = (await this.all()).filter(fits);
    const [one, another] = found;
    if (!one) throw new NotFound(await this.whatThereIs({ application, environment }));
    if (another) throw new InvalidInput(`several repositories have that: write ${found.map((place) => `\`${place.repository}/${typed}\``).join(' or ')}`);
    return one;
  }

  private async whatThereIs({ application, environment }: { readonly application: string | undefined; readonly environment: string | undefined }): Promise<string> {
    const places = await this.all();
    const applications = [...new Set(places.flatMap((place) => place.applications))];
    if (application !== undefined && !applications.includes(application)) return `there is no application ${application}${applications.length === 0 ? '' : `: there are ${applications.slice(0, 20).join(', ')}`}`;
    const environments = [...new Set(places.flatMap((place) => place.environments))];
    return `there is no environment ${environment ?? ''}${application === undefined ? '' : ` with ${application}`}: there are ${environments.slice(0, 20).join(', ')}`;
  }
}

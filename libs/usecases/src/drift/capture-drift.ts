import { Conflict, NotFound, Unavailable, present, printableLine } from '@sluice/kernel';
import type { ClusterName, CommitSha, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { LeftPlace } from '@sluice/sync-plan';
import { openLabelled } from '../lifecycle/open-labelled.js';
import { SLUICE_IDENTITY } from '../lifecycle/ports.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { readVersion } from '../lifecycle/read-version.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';
import type { Wanted } from '../rights/who-may.js';
import type { ChangeRequest, FileEdit, Mirror, Person } from '../ports/index.js';
import { captureBody, captureMessage, captureTitle, type CaptureText } from './capture-text.js';
import { choosePlaces } from './choose-places.js';
import { placeName, placesOf, type DriftPlace } from './read-drift.js';

export interface CaptureWanted {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly cluster: ClusterName;
  /** Paths, objects, or both ({@link placeName}); empty: all that can be taken over. */
  readonly places: readonly string[];
  readonly person: PersonName;
}

export interface CapturedDrift {
  readonly request: ChangeRequest;
  readonly captured: readonly string[];
  readonly left: readonly LeftPlace[];
}

type Ports = Pick<LifecyclePorts, 'clock' | 'repositories' | 'rights' | 'clusters' | 'drift' | 'people' | 'mirrors' | 'reader' | 'changes' | 'memory' | 'events' | 'audit' | 'signals' | 'wakes'>;

const MAX_BYTES = 16 * 1024 * 1024;

/** Makes a request of what somebody has changed in a cluster: on the environment's branch, from the commit that the cluster runs. Who merges it, decides. */
export class CaptureDrift {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound for what does not exist; Forbidden without the right of a promoter; Conflict when there is nothing that can be taken over; Unavailable when git or the forge does not answer. */
  async run(wanted: CaptureWanted): Promise<CapturedDrift> {
    const { pipeline, environment } = await this.placeOf(wanted);
    const { commit, places } = await this.driftOf(wanted);
    const chosen = choosePlaces(places, wanted.places);
    const { repository, person: who } = wanted;
    const person = await permit(this.ports, { action: 'capture-drift', ...concerned(pipeline, environment, chosen.taken), repository, pipeline, person: who, refusal: `you are not promoter in ${environment.name} of everything that is to be captured` });
    const mirror = await this.ports.mirrors.open(wanted.repository);
    await mirror.ensure(commit);
    const { edits, left } = await this.editsAt(mirror, commit, chosen.taken);
    const all = [...chosen.left, ...left];
    if (edits.length === 0) throw new Conflict(nothing(wanted, all));
    const captured = chosen.taken.filter((place) => !left.some((one) => placeName(one) === placeName(place)));
    const text: CaptureText = { environment: environment.name, cluster: wanted.cluster, person: wanted.person, commit, captured, left: all };
    const request = await this.publish(mirror, wanted, { environment, person, edits, text });
    return { request, captured: captured.map(placeName), left: all };
  }

  private async placeOf({ repository, environment: name }: CaptureWanted): Promise<{ readonly pipeline: Pipeline; readonly environment: Environment }> {
    const pipeline = await effectivePipeline(this.ports, repository);
    const environment = pipeline?.environments.find((candidate) => candidate.name === name);
    if (!pipeline || !environment) throw new NotFound(`there is no environment ${name} in ${repository}`);
    return { pipeline, environment };
  }

  private async driftOf({ repository, environment, cluster: name }: CaptureWanted): Promise<{ readonly commit: CommitSha; readonly places: readonly DriftPlace[] }> {
    const cluster = await this.ports.clusters.get(name);
    if (!cluster || cluster.revoked || cluster.repository !== repository || cluster.environment !== environment) throw new NotFound(`there is no cluster ${name} in ${environment}`);
    const commit = cluster.report?.commit;
    if (commit === undefined) throw new Conflict(`${name} has not reported yet what it runs`);
    return { commit, places: placesOf(cluster, (await this.ports.drift.of([name])).get(name)) };
  }

  private async editsAt(mirror: Mirror, commit: CommitSha, places: readonly DriftPlace[]): Promise<{ readonly edits: readonly FileEdit[]; readonly left: readonly LeftPlace[] }> {
    const entries = await mirror.entries(commit, [...new Set(places.map(({ path }) => path))]);
    const budget = { left: MAX_BYTES };
    const files = new Map<string, NonNullable<Awaited<ReturnType<typeof readVersion>>>>();
    for (const [path, entry] of entries) {
      const file = await readVersion(mirror, entry, budget);
      if (file) files.set(path, file);
    }
    const captures = places.flatMap(({ path, object, diff }) => (diff?.capture ? [{ path, ...present({ object }), capture: diff.capture }] : []));
    const result = await this.ports.reader.takeOver(files, captures);
    if ('kind' in result) throw new Conflict(result.message);
    const gone = places.filter(({ kind, path }) => kind === 'missing' && files.has(path)).map(({ path }): FileEdit => ({ path }));
    return { edits: [...result.edits, ...gone], left: result.left };
  }

  private async publish(mirror: Mirror, { repository, cluster }: CaptureWanted, { environment, person, edits, text }: Publication): Promise<ChangeRequest> {
    const branch = `sluice/drift/${environment.name}/${cluster}`;
    const author = { name: person.displayName || person.name, email: person.emails[0] ?? SLUICE_IDENTITY.email };
    const { commit } = await mirror.commit({ parents: [text.commit], edits, message: captureMessage(text), author, date: Math.floor(this.ports.clock() / 1_000) });
    const heads = await mirror.refresh();
    if ((await mirror.push(branch, commit, heads.get(branch))) === 'stale') throw new Unavailable(`branch ${branch} is being changed by somebody else: try again`);
    const said = { title: captureTitle(text), body: captureBody(text) };
    const opened = await openLabelled(this.ports, repository, environment.name, { ...said, sourceBranch: branch, targetBranch: environment.branch, draft: false });
    // one that was open already has the text of an earlier capture
    const request = opened.body === said.body ? opened : await this.ports.changes.update(repository, opened.number, said);
    await this.ports.events.append({ type: 'drift.captured', repository, environment: environment.name, cluster, message: `${person.name} made request ${request.number} of what was changed in ${cluster}`, by: person.name });
    await this.ports.audit.append({ action: 'drift.capture', by: person.name, place: { repository, environment: environment.name, cluster }, after: { request: request.number, commit, files: edits.map(({ path }) => path) } });
    await this.ports.wakes.wake({ kind: 'repository', repository });
    this.ports.signals.publish('events');
    return request;
  }
}

interface Publication {
  readonly environment: Environment;
  readonly person: Person;
  readonly edits: readonly FileEdit[];
  readonly text: CaptureText;
}

/** Who may promote everything that the places belong to; where they belong to nothing, anything there. */
function concerned(pipeline: Pipeline, { name: environment }: Environment, places: readonly DriftPlace[]): Pick<Wanted, 'places' | 'any'> {
  const touched = pipeline.applications.filter(({ paths }) => {
    const selection = compileSelection({ include: paths, exclude: [] });
    return places.some(({ path }) => selection.matches(path));
  });
  const named = touched.length > 0 ? touched : pipeline.applications;
  return { places: named.map(({ name: application }) => ({ application, environment })), any: touched.length === 0 };
}

function nothing({ cluster }: CaptureWanted, left: readonly LeftPlace[]): string {
  const [first] = left;
  if (!first) return `nothing differs in ${cluster} that git has not`;
  const more = left.length > 1 ? ` (and ${left.length - 1} more)` : '';
  return printableLine(`nothing of it can be taken over: ${placeName(first)}: ${first.message}${more}`, 500);
}

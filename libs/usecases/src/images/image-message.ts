import type { EnvironmentName } from '@sluice/kernel';
import { printableLine } from '@sluice/kernel';
import type { ImageUpdate } from '@sluice/pipeline';
import { sayPolicy } from '@sluice/policy';
import type { ImagesUpdate } from '@sluice/policy';

const MAX_LINES = 200;

/** The message of the commit: which image, from what to what, where and why. */
export function imageMessage(environment: EnvironmentName, changes: ImagesUpdate['changes'], updates: readonly ImageUpdate[]): string {
  const lines = changes.map(({ path, image, from, to }) => printableLine(`- ${image}: ${from} → ${to} in ${path} (${reasonOf(image, updates)})`, 1_000));
  const more = lines.length > MAX_LINES ? [`- and ${lines.length - MAX_LINES} more`] : [];
  return `${imageSubject(environment, changes)}\n\n${[...lines.slice(0, MAX_LINES), ...more].join('\n')}\n`;
}

export function imageSubject(environment: EnvironmentName, changes: ImagesUpdate['changes']): string {
  const images = [...new Set(changes.map(({ image }) => image))];
  const versions = new Set(changes.map(({ from, to }) => `from ${shortVersion(from)} to ${shortVersion(to)}`));
  const [version] = versions;
  return images.length === 1 && versions.size === 1 ? `Update ${images[0] ?? ''} ${version ?? ''} in ${environment}` : `Update ${images.length} ${images.length === 1 ? 'image' : 'images'} in ${environment}`;
}

function shortVersion(version: string): string {
  return version.replace(/@(\w+):([0-9a-f]{12})[0-9a-f]*$/, '@$1:$2');
}

function reasonOf(image: string, updates: readonly ImageUpdate[]): string {
  const policy = updates.find((update) => update.image === image)?.policy;
  return policy === undefined ? 'image update' : `newest of ${sayPolicy(policy)}`;
}

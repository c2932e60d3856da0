import { createHash } from 'node:crypto';
import { isStorableText } from '../database/storable-text.js';
import { MAX_LANE_LENGTH, type JobLane, type WhenHeadFails } from './job.js';

/**
 * A lane whose name is made of these parts; of their digest, if they are too long or no database can store them.
 *
 * @internal
 */
export function namedLane(
  parts: readonly string[],
  whenHeadFails: WhenHeadFails = 'skip',
): JobLane {
  const text = JSON.stringify(parts);
  const isStorable = text.length <= MAX_LANE_LENGTH && isStorableText(text);
  const name = isStorable ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { name, whenHeadFails };
}

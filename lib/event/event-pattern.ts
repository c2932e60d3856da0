/**
 * A compiled pattern over dotted event types: an exact type (`points.updated`), `*` for exactly one
 * segment (`points.*`, `*.deleted`), or `**` for any type at all; as the last segment (`order.**`)
 * it stands for one segment or more.
 *
 * @publicApi
 */
export class EventPattern {
  private readonly segments: readonly string[];

  /**
   * @param text the pattern
   * @throws {RangeError} when it is empty, has an empty segment, or a `*` inside of a segment
   */
  constructor(readonly text: string) {
    this.segments = text.split('.');
    const wellFormed = this.segments.every(
      (segment, index) =>
        segment !== '' &&
        (!segment.includes('*') ||
          segment === '*' ||
          (segment === '**' && index === this.segments.length - 1)),
    );
    if (!wellFormed) {
      throw new RangeError(
        `'${text}' is not an event pattern: expected an exact type ('points.updated'), ` +
          `'*' for one segment ('points.*') or '**' as the last segment`,
      );
    }
  }

  /** Whether the pattern names one type and nothing else. */
  get isExact(): boolean {
    return !this.text.includes('*');
  }

  /** Whether the pattern matches an event of this type. */
  matches(type: string): boolean {
    if (this.text === '**') return true;
    if (this.isExact) return this.text === type;
    const parts = type.split('.');
    const open = this.segments.at(-1) === '**';
    if (open ? parts.length < this.segments.length : parts.length !== this.segments.length) {
      return false;
    }
    return this.segments.every(
      (segment, index) => segment === '*' || segment === '**' || segment === parts[index],
    );
  }
}

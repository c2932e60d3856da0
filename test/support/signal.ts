/** Something that a test waits for instead of sleeping: values that are pushed, in their order. */
export class Signal<Value> {
  private readonly values: Value[] = [];
  private readonly waiting: ((value: Value) => void)[] = [];

  push(value: Value): void {
    const next = this.waiting.shift();
    if (next === undefined) this.values.push(value);
    else next(value);
  }

  /** Forgets what was pushed, and who waits: a test that failed must not make those after it fail. */
  clear(): void {
    this.values.length = 0;
    this.waiting.length = 0;
  }

  /** The next value that was not taken yet. */
  next(): Promise<Value> {
    const value = this.values.shift();
    return value === undefined
      ? new Promise((resolve) => this.waiting.push(resolve))
      : Promise.resolve(value);
  }
}

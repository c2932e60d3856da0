/** A place at which code waits until a test lets it go on, or a test until code has come there. */
export class Gate {
  private resolve = (): void => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });

  open(): void {
    this.resolve();
  }
}

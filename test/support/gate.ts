/** A gate at which code waits until a test opens it, or a test until code does. */
export class Gate {
  private resolve = (): void => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });

  open(): void {
    this.resolve();
  }
}

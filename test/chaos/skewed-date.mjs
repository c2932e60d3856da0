// Preloaded into an application whose machine's clock is wrong: everything that asks Date gets the
// time CLOCK_SKEW_MS away from the true one. Timers and performance.now() do not depend on it.
const skewMs = Number(process.env.CLOCK_SKEW_MS);
const TrueDate = Date;

globalThis.Date = class Date extends TrueDate {
  constructor(...values) {
    if (values.length === 0) super(TrueDate.now() + skewMs);
    else super(...values);
  }

  static now() {
    return TrueDate.now() + skewMs;
  }
};

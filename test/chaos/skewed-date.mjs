// Preloaded into an application to make its clock wrong: Date is CLOCK_SKEW_MS away from the true time.
// Timers and performance.now() do not depend on it.
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

import { z } from 'zod';

/** The payload of the game's webhook when a player's points change. */
export const pointsUpdated = z.object({
  userId: z.number().int().positive(),
  points: z.number().int().nonnegative(),
});

export type PointsUpdated = z.infer<typeof pointsUpdated>;

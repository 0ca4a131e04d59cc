import { Router } from 'express';
import { HealthBoard } from './board';

/**
 * `GET /api/catalog/midgard/health`, for who may call the catalog. It is no part of Backstage's own readiness: a broker
 * that is away is no reason to take the portal from its users.
 */
export function healthRouter(board: HealthBoard): Router {
  const router = Router();
  router.get('/midgard/health', (_request, response) => {
    const health = board.read();
    response.status(health.status === 'ok' ? 200 : 503).json(health);
  });
  return router;
}

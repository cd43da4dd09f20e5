import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { Link, Route, Switch } from 'wouter';
import { API, callApi } from './api.js';
import { ChangePage } from './change-page.js';
import { ClustersPage } from './clusters-page.js';
import { CommandLinePage } from './command-line-page.js';
import { DriftPage } from './drift-page.js';
import { useConnected } from './live.js';
import { MatrixPage } from './matrix-page.js';
import { PromotionPage } from './promotion-page.js';
import { SessionGate, useMe } from './session.js';
import './style.css';

function Page(): ReactNode {
  const me = useMe();
  const connected = useConnected();
  const signOut = (): void => void callApi(API.signOut).finally(() => window.location.assign('/'));
  return (
    <>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <nav aria-label="Main">
        <Link href="/" className="brand">
          Sluice
        </Link>
        <Link href="/clusters">Clusters</Link>
        <span className="spring" />
        <span className={`live ${connected ? 'good' : 'busy'}`} role="status">
          {connected ? 'live' : 'connecting …'}
        </span>
        <span className="quiet">{me.displayName}</span>
        <button type="button" className="plain" onClick={signOut}>
          Sign out
        </button>
      </nav>
      <main id="content">
        <Switch>
          <Route path="/" component={MatrixPage} />
          <Route path="/login/cli" component={CommandLinePage} />
          <Route path="/clusters" component={ClustersPage} />
          <Route path="/repositories/:repository/clusters/:cluster/drift">{(params) => <DriftPage key={`${params.repository}/${params.cluster}`} place={params} />}</Route>
          <Route path="/promotions/:repository/:promotion">{(params) => <PromotionPage key={params.promotion} place={params} />}</Route>
          <Route path="/repositories/:repository/changes/:number">{(params) => <ChangePage key={`${params.repository}/${params.number}`} place={params} />}</Route>
          <Route>
            <p>
              There is no such page. <Link href="/">Back to the overview</Link>
            </p>
          </Route>
        </Switch>
      </main>
    </>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
createRoot(root).render(
  <StrictMode>
    <SessionGate>
      <Page />
    </SessionGate>
  </StrictMode>,
);

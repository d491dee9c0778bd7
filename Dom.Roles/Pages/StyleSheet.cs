namespace Dom.Roles.Pages;

/// <summary>The one style sheet, inline in every page: pages load nothing.</summary>
internal static class StyleSheet
{
    public const string Text = """
        :root { --ink:#1c2430; --soft:#566170; --paper:#f5f6f8; --card:#fff; --line:#dfe3e8; --edge:#868f9b; --link:#0b57b0;
          --good:#136c37; --good-bg:#dcf3e4; --busy:#0b57b0; --busy-bg:#dfebfb; --warning:#7a4d00; --warning-bg:#fcecc8;
          --bad:#a31621; --bad-bg:#fbe0e2; --quiet:#4d5866; --quiet-bg:#e8ebef; --stop:#b3131f; color-scheme:light dark }
        @media (prefers-color-scheme:dark) {
          :root { --ink:#e4e8ee; --soft:#9aa6b4; --paper:#12161c; --card:#1a2028; --line:#2c3540; --edge:#6f7b89; --link:#7db4ff;
            --good:#7ddba0; --good-bg:#143323; --busy:#8fbfff; --busy-bg:#15294a; --warning:#f0c674; --warning-bg:#3a2c0c;
            --bad:#ff9aa2; --bad-bg:#431a1e; --quiet:#b4bfcc; --quiet-bg:#2a323c; --stop:#c4202d } }
        * { box-sizing:border-box }
        body { margin:0; background:var(--paper); color:var(--ink); font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif }
        a { color:var(--link); text-underline-offset:.15em }
        :focus-visible { outline:3px solid var(--link); outline-offset:2px; border-radius:3px }
        .skip { position:absolute; left:-99em } .skip:focus { left:1em; top:.6em; background:var(--card); padding:.3em .8em; z-index:1 }
        header { display:flex; flex-wrap:wrap; align-items:center; gap:.4em 2em; padding:.7em clamp(1rem,4vw,3rem); background:var(--card); border-bottom:1px solid var(--line) }
        .brand { color:inherit; text-decoration:none; font-size:1.1em } .brand b { color:var(--link) } .brand small { color:var(--soft); margin-left:.7em; font-size:.8em }
        nav { display:flex; flex-wrap:wrap; gap:.2em } nav a { padding:.25em .8em; border-radius:6px; text-decoration:none; color:var(--soft) }
        nav a:hover { background:var(--quiet-bg) } nav a[aria-current] { background:var(--busy-bg); color:var(--busy); font-weight:600 }
        .stop { background:var(--stop); color:#fff; padding:.8rem clamp(1rem,4vw,3rem); font-size:1.05em } .stop strong { letter-spacing:.08em; margin-right:.5em }
        main { padding:1em clamp(1rem,4vw,3rem) 2em; max-width:110em; margin:0 auto } footer { padding:1rem clamp(1rem,4vw,3rem) 2rem; color:var(--soft); font-size:.87em }
        h1 { font-size:1.55em; margin:.6em 0; overflow-wrap:anywhere; line-height:1.25 } h2 { font-size:1.15em; margin:1.8em 0 .6em }
        .figures { display:grid; grid-template-columns:repeat(auto-fill,minmax(10.5em,1fr)); gap:.8em; margin:1em 0 }
        .figure { background:var(--card); border:1px solid var(--line); border-left:4px solid var(--quiet); border-radius:8px; padding:.7em 1em; text-decoration:none; color:inherit }
        a.figure:hover { border-color:var(--link) } .figure strong { display:block; font-size:1.55em; line-height:1.3; font-variant-numeric:tabular-nums } .figure span { color:var(--soft) }
        .figure.good { border-left-color:var(--good) } .figure.busy { border-left-color:var(--busy) } .figure.warning { border-left-color:var(--warning) } .figure.bad { border-left-color:var(--bad) }
        .scroll { overflow-x:auto; background:var(--card); border:1px solid var(--line); border-radius:8px; margin:1em 0 }
        table { border-collapse:collapse; width:100% } caption { text-align:left; padding:.7em .8em .3em; font-weight:600; color:var(--soft) }
        th, td { text-align:left; padding:.45em .8em; border-top:1px solid var(--line); vertical-align:top } th { color:var(--soft); font-weight:600; white-space:nowrap; border-top:0 }
        tbody tr:hover { background:color-mix(in srgb,var(--busy-bg) 35%,transparent) } td { overflow-wrap:anywhere } td:not(.number) { min-width:6.5em } td:last-child:not(.number) { min-width:9em }
        .number { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap }
        .badge { display:inline-block; padding:.05em .65em; border-radius:1em; font-size:.88em; font-weight:600; white-space:nowrap; color:var(--quiet); background:var(--quiet-bg) }
        .badge.good { color:var(--good); background:var(--good-bg) } .badge.busy { color:var(--busy); background:var(--busy-bg) }
        .badge.warning { color:var(--warning); background:var(--warning-bg) } .badge.bad { color:var(--bad); background:var(--bad-bg) }
        dl { display:grid; grid-template-columns:max-content 1fr; gap:.35em 1.6em; background:var(--card); border:1px solid var(--line); border-radius:8px; padding:.9em 1.1em; margin:1em 0 }
        dt { color:var(--soft) } dd { margin:0; overflow-wrap:anywhere } code, pre { font:.92em/1.5 ui-monospace,"DejaVu Sans Mono",monospace }
        pre { background:var(--card); border:1px solid var(--line); border-radius:8px; padding:.9em 1.1em; overflow-x:auto } .empty { color:var(--soft) }
        .bar { display:inline-flex; align-items:center; gap:.7em } progress { width:9em; height:.7em; accent-color:var(--link) }
        form { display:flex; flex-wrap:wrap; gap:.7em 1em; align-items:flex-end; background:var(--card); border:1px solid var(--line); border-radius:8px; padding:.8em 1.1em; margin:1em 0 }
        label { display:flex; flex-direction:column; gap:.15em; font-size:.87em; color:var(--soft) } input, select, button { font:inherit; font-size:.95rem; height:2.3rem; padding:0 .7em;
          border:1px solid var(--edge); border-radius:6px; background:var(--paper); color:var(--ink); max-width:100% } button { background:var(--link); border-color:var(--link); color:var(--card); font-weight:600; cursor:pointer }
        .chips { display:flex; flex-wrap:wrap; gap:.5em; align-items:center } .chip { padding:.15em .8em; border-radius:1em; background:var(--busy-bg); color:var(--busy); text-decoration:none } .chip:hover { text-decoration:underline }
        .foot { display:flex; flex-wrap:wrap; justify-content:space-between; gap:.4em 2em; margin:-.4em .2em 1em; color:var(--soft); font-size:.9em } .pager { gap:.2em .9em } .pager a { padding:0; color:var(--link); text-decoration:underline }
        .stop a { color:#fff; font-weight:600; margin-left:.5em } .stop + .stop { border-top:1px solid #fff6 } .stop :focus-visible { outline-color:#fff } main:focus { outline:none }
        @media (max-width:40em) { dl { grid-template-columns:1fr } dd { margin-bottom:.5em } label, input, select, button { width:100% } th, td { padding:.4em .6em } }
        """;
}

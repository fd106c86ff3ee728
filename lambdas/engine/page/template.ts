/** Mustache escapes all values, except the page's own style and script in triple braces. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{{styleHash}}}'; script-src '{{{scriptHash}}}'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>bucketsync: {{headline.sentence}}: {{from}} → {{to}}</title>
<style>{{{style}}}</style>
</head>
<body class="{{headline.tone}}">
<a class="skip" href="#main">Skip to the report</a>
<header>
<p class="dim"><code>{{from}}</code> → <code>{{to}}</code></p>
<h1>{{headline.sentence}}</h1>
{{#nothing}}
<p class="banner">{{nothing}}</p>
{{/nothing}}
{{#headline.more}}
<p>{{headline.more}}</p>
{{/headline.more}}
</header>
<main id="main" tabindex="-1">
{{#error}}
<p class="message"><b>{{name}}</b>: {{message}}</p>
{{/error}}
<section aria-labelledby="numbers">
<h2 id="numbers">At a glance</h2>
<dl class="tiles">
{{#headline.tiles}}
<div><dt>{{name}}</dt><dd class="{{style}}">{{value}}</dd></div>
{{/headline.tiles}}
</dl>
{{#notes}}
<p>{{.}}.</p>
{{/notes}}
</section>
<section aria-labelledby="next">
<h2 id="next">What you can do next</h2>
{{#next}}
<p>{{purpose}}:</p>
<pre><code>{{command}}</code></pre>
{{/next}}
</section>
{{#failed}}
<section aria-labelledby="failures">
<h2 id="failures">{{count}} failed</h2>
{{#more}}
<p>{{more}}</p>
{{/more}}
<p class="search" hidden><label>Search keys and errors <input type="search"></label> <output></output></p>
{{#groups}}
<details{{#isOpen}} open{{/isOpen}}>
<summary>{{title}} ({{count}}) <span class="samples">{{samples}}</span></summary>
{{#left}}
<p>{{left}}</p>
{{/left}}
{{#table}}
{{> table}}
{{/table}}
</details>
{{/groups}}
</section>
{{/failed}}
{{#sections}}
<section aria-labelledby="{{id}}">
<h2 id="{{id}}">{{title}}</h2>
{{#text}}
<p>{{text}}</p>
{{/text}}
{{#charts}}
<figure>
<figcaption>{{description}}</figcaption>
<div class="axis" aria-hidden="true"><span>{{most}}</span></div>
<svg viewBox="0 0 {{width}} {{height}}" preserveAspectRatio="none" role="img" aria-label="{{description}}">
{{#lines}}
<line x1="0" x2="{{width}}" y1="{{at}}" y2="{{at}}"></line>
{{/lines}}
<path class="{{style}}" d="{{path}}"></path>
</svg>
<div class="axis" aria-hidden="true"><span>{{begin}}</span><span>{{end}} UTC</span></div>
</figure>
{{/charts}}
{{#tables}}
{{> table}}
{{/tables}}
{{#folded}}
<details>
<summary>{{caption}}</summary>
{{> table}}
</details>
{{/folded}}
</section>
{{/sections}}
{{#lacking}}
<section aria-labelledby="lacks">
<h2 id="lacks">What this S3 lacks</h2>
<ul>
{{#lacks}}
<li>{{meaning}}</li>
{{/lacks}}
</ul>
</section>
{{/lacking}}
<section aria-labelledby="settings">
<h2 id="settings">Settings</h2>
{{#changed}}
{{> table}}
{{/changed}}
{{^changed}}
<p>All settings have their defaults.</p>
{{/changed}}
<details>
<summary>All settings</summary>
<pre>{{input}}</pre>
</details>
</section>
<section aria-labelledby="files">
<h2 id="files">Files of this report</h2>
<p>The files stand beside this page. <code>actions/</code> and <code>failures/</code> have a line of JSON for each object and phase: what was
done, what was only planned, what a verify phase found to differ, what failed, and when. This shows them:</p>
<pre><code>zcat failures/*.jsonl.gz | jq .</code></pre>
<ul>
{{#files}}
<li><a href="{{href}}">{{name}}</a></li>
{{/files}}
</ul>
{{#moreFiles}}
<p>{{moreFiles}}</p>
{{/moreFiles}}
</section>
</main>
<footer>
<dl class="facts">
{{#facts}}
<dt>{{name}}</dt><dd>{{#time}}<time datetime="{{time}}">{{value}}</time>{{/time}}{{^time}}{{value}}{{/time}}</dd>
{{/facts}}
</dl>
</footer>
<script>{{{script}}}</script>
</body>
</html>
`;

/** The roles are those that the elements have anyway; a browser forgets them if a small screen shows rows as cards. */
export const TABLE = `<table role="table"{{#isSortable}} class="sortable"{{/isSortable}}>
<caption>{{caption}}</caption>
<thead role="rowgroup">
<tr role="row">{{#headings}}<th role="columnheader" scope="col" class="{{style}}">{{heading}}</th>{{/headings}}</tr>
</thead>
<tbody role="rowgroup">
{{#rows}}
<tr role="row">{{#cells}}{{> cell}}{{/cells}}</tr>
{{/rows}}
</tbody>
</table>
`;

export const CELL = `{{#isHead}}<th role="rowheader" scope="row" class="{{style}}" data-sort="{{sort}}">{{text}}</th>{{/isHead}}{{^isHead}}<td role="cell" class="{{style}}" data-label="{{label}}" data-sort="{{sort}}">{{text}}{{#bar}}<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="copied" width="{{copied}}" height="10"></rect><rect class="deleted" x="{{copied}}" width="{{deleted}}" height="10"></rect></svg>{{/bar}}</td>{{/isHead}}`;

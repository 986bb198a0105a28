(function () {
  'use strict';
  var words = document.body.dataset;
  document.querySelectorAll('pre .row').forEach(function (row) {
    var command = row.querySelector('.command');
    if (!command) return;
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.title = words.copy;
    button.setAttribute('aria-label', words.copy);
    button.onclick = function () {
      var done = function () {
        button.classList.add('done');
        button.setAttribute('aria-label', words.copied);
        setTimeout(function () {
          button.classList.remove('done');
                button.setAttribute('aria-label', words.copy);
        }, 1500);
      };
      var select = function () { getSelection().selectAllChildren(command); };
      if (navigator.clipboard) navigator.clipboard.writeText(command.textContent).then(done, select);
      else select();
    };
    row.prepend(button);
  });
  var wide = matchMedia('(min-width: 70rem)');
  var contents = document.querySelector('nav > details');
  var fit = function () { contents.open = wide.matches; };
  wide.addEventListener('change', fit);
  fit();
})();

Console.Error.WriteLine("usage: dom-bench scan|push|converge");
return 2;
